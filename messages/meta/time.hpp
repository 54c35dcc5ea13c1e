#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"

#include <string>
#include <string_view>

namespace troupe::meta {

/// Reads metav1.Time: RFC 3339 with an offset and any number of fractional
/// digits (those past nanoseconds are cut). Years that nanoseconds since 1970
/// cannot hold (outside 1678..2261) are refused. Fails with `invalid_argument`
/// and the text Go's time.Parse has for the same input.
result<wall_time> parse_time(std::string_view text);

/// Reads metav1.MicroTime: as above, with exactly six fractional digits.
result<wall_time> parse_micro_time(std::string_view text);

/// "2026-01-02T03:04:05Z": UTC, whole seconds, the rest cut off.
std::string format_time(wall_time time);

/// "2026-01-02T03:04:05.000006Z": UTC, microseconds, the rest cut off.
std::string format_micro_time(wall_time time);

} // namespace troupe::meta
