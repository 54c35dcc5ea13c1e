#pragma once

#include "bootstrap/cli/console.hpp"
#include "bootstrap/config/options.hpp"

namespace troupe::cli {

/// Adds images to the store that a cluster's nodes share, or shows it.
int run_image(const image_options& options, const console& to);

} // namespace troupe::cli
