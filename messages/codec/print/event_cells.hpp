#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"

#include <string>

/// Columns of core/v1 Event. An event may be written in an older way
/// (firstTimestamp, lastTimestamp, count, source) or a newer one (eventTime,
/// series, reportingComponent); each cell takes what there is. All append JSON.
namespace troupe::codec {

/// How often: of the series, or the older count, or once.
void append_event_count(std::string& out, const node& event, wall_time now);

/// Since firstTimestamp, else eventTime.
void append_event_first_seen(std::string& out, const node& event,
                             wall_time now);

/// Since series.lastObservedTime if there is a series, else lastTimestamp,
/// else when it was first seen.
void append_event_last_seen(std::string& out, const node& event, wall_time now);

/// The message without white space around it.
void append_event_message(std::string& out, const node& event, wall_time now);

/// "pod/web", or "pod" for an object without a name.
void append_event_object(std::string& out, const node& event, wall_time now);

/// "component, host", or the component alone.
void append_event_source(std::string& out, const node& event, wall_time now);

} // namespace troupe::codec
