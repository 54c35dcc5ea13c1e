#pragma once

#include "node/agent/io_stream.hpp"
#include "node/agent/pod_registry.hpp"

namespace troupe::agent {

/// Runs a command in a container, or attaches to its main process, and carries
/// input and output until it is over or the client has left. Blocks meanwhile.
void stream_command(const pod_registry& registry,
                    const node_io::command_request& request, io_stream& to);

/// How a command ended, as clients of exec read it.
api::status describe_command_end(int code);

} // namespace troupe::agent
