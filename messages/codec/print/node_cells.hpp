#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"

#include <string>

/// Columns of core/v1 Node. All append JSON.
namespace troupe::codec {

/// "Ready", "NotReady" or "Unknown", and ",SchedulingDisabled".
void append_node_status(std::string& out, const node& shown, wall_time now);

/// The roles its labels name, sorted, or "<none>".
void append_node_roles(std::string& out, const node& shown, wall_time now);

/// The first address of the type, or "<none>".
void append_node_internal_ip(std::string& out, const node& shown,
                             wall_time now);
void append_node_external_ip(std::string& out, const node& shown,
                             wall_time now);

/// What the node says of itself, or "<unknown>".
void append_node_os_image(std::string& out, const node& shown, wall_time now);
void append_node_kernel(std::string& out, const node& shown, wall_time now);
void append_node_runtime(std::string& out, const node& shown, wall_time now);

} // namespace troupe::codec
