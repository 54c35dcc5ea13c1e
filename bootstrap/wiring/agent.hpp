#pragma once

#include "bootstrap/config/options.hpp"

namespace troupe::wiring {

/// Runs the agent of one node until SIGTERM, SIGINT or the end of its lifeline.
/// Containers run on. Returns the process's exit code.
int run_agent(const agent_options& options);

} // namespace troupe::wiring
