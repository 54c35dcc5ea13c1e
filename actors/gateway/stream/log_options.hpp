#pragma once

#include "messages/api/options.hpp"
#include "messages/protocol/node_io.hpp"

#include <string_view>

namespace troupe::gateway {

/// Reads PodLogOptions off a query into a request for a node; its `from` has
/// the container's name alone. `sinceSeconds` counts back from `now`. Refusals
/// are upstream's (apis/core/validation ValidatePodLogOptions; the feature
/// PodLogsQuerySplitStreams is off, as by default).
api::parsed<node_io::log_request>
parse_log_options(const api::query_parameters& query, std::string_view pod,
                  wall_time now);

} // namespace troupe::gateway
