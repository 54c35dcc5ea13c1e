#pragma once

#include "bootstrap/cli/console.hpp"
#include "bootstrap/config/options.hpp"

namespace troupe::cli {

/// Shows this program's version and that of the API it serves.
int run_version(const version_options& options, const console& to);

} // namespace troupe::cli
