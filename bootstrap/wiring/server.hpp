#pragma once

#include "bootstrap/config/options.hpp"

namespace troupe::wiring {

/// Runs one member of the control plane until SIGTERM, SIGINT or the end of
/// its lifeline; then finishes open requests and returns 0. Returns 1, after
/// saying why on the log, when it cannot start. A state that cannot be used
/// ends the process with 1 at any time.
int run_server(const server_options& options);

} // namespace troupe::wiring
