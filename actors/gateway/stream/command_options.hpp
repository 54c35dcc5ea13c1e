#pragma once

#include "messages/api/options.hpp"
#include "messages/protocol/node_io.hpp"

namespace troupe::gateway {

enum class command_kind : std::uint8_t { exec, attach };

/// Reads PodExecOptions or PodAttachOptions off a query into a request for a
/// node; its `in` has the container's name alone. With a terminal there is no
/// separate stderr, as upstream's kubelet has it.
api::parsed<node_io::command_request>
parse_command_options(const api::query_parameters& query, command_kind kind);

} // namespace troupe::gateway
