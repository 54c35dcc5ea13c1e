#pragma once

namespace troupe::cli {

/// What `troupe` says to whoever called it.
enum exit_code : int {
  exit_success = 0,
  exit_failure = 1,
  exit_usage = 2, ///< the command line is wrong; nothing was done
};

} // namespace troupe::cli
