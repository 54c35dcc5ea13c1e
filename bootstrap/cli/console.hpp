#pragma once

#include "bootstrap/cli/exit_code.hpp"
#include "messages/base/result.hpp"

#include <ostream>

namespace troupe::cli {

/// Where a verb writes: its answer to `out`, everything else to `err`.
struct console {
  std::ostream& out;
  std::ostream& err;

  /// Says what went wrong and returns the exit code for it.
  int fail(const error& why) const {
    err << "troupe: " << why.message << std::endl;
    return exit_failure;
  }
};

} // namespace troupe::cli
