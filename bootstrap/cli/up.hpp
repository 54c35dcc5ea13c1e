#pragma once

#include "bootstrap/cli/console.hpp"
#include "bootstrap/config/options.hpp"

namespace troupe::cli {

/// Makes or continues a cluster and returns when its API is ready; one that
/// runs already is left as it is. A cluster that could not be begun leaves
/// nothing behind.
int run_up(const up_options& options, const console& to);

} // namespace troupe::cli
