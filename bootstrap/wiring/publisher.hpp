#pragma once

#include "bootstrap/config/options.hpp"

namespace troupe::wiring {

/// Runs what leads published ports of this machine to node ports until it is
/// told to end. Returns the process's exit code.
int run_publisher(const publisher_options& options);

} // namespace troupe::wiring
