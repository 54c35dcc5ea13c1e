#pragma once

#include "bootstrap/cli/console.hpp"
#include "bootstrap/config/options.hpp"

namespace troupe::cli {

/// Shows a cluster's processes, endpoint and readiness. 0 when it is ready.
int run_status(const status_options& options, const console& to);

} // namespace troupe::cli
