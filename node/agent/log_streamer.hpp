#pragma once

#include "node/agent/io_stream.hpp"
#include "node/agent/pod_registry.hpp"

namespace troupe::agent {

/// Sends a container's log until its end, the request's limits or, when
/// following, the end of the container. Blocks meanwhile.
void stream_log(const node_services& services, const pod_registry& registry,
                const node_io::log_request& request, io_stream& to);

} // namespace troupe::agent
