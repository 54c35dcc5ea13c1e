#pragma once

#include "bootstrap/cli/console.hpp"

#include <string>
#include <vector>

namespace troupe::cli {

/// Does what the arguments after the program's name ask for. Returns the exit
/// code.
int run(const std::vector<std::string>& arguments, const console& to);

} // namespace troupe::cli
