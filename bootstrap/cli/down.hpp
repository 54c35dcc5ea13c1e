#pragma once

#include "bootstrap/cli/console.hpp"
#include "bootstrap/config/options.hpp"

namespace troupe::cli {

/// Ends a cluster's processes and removes what belongs to it. That there is
/// none is fine.
int run_down(const down_options& options, const console& to);

} // namespace troupe::cli
