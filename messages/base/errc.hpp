#pragma once

#include <cstdint>
#include <string_view>

namespace troupe {

/// What went wrong, as far as a caller may branch on it. Modules with finer
/// outcomes return a variant instead of widening this list.
enum class errc : std::uint8_t {
  invalid_argument = 1, ///< the caller's value is malformed
  not_found,            ///< the thing named does not exist
  already_exists,       ///< the thing named exists
  conflict,             ///< a precondition no longer holds
  out_of_range,         ///< a number or offset outside its bounds
  too_large,            ///< past a `*_max`
  expired,              ///< a deadline passed or history was compacted
  unavailable,          ///< a dependency does not answer; try again later
  permission_denied,    ///< the operating system or a policy says no
  no_space,             ///< the disk or a quota is full
  corrupt,              ///< stored or received bytes fail their checks
  unsupported,          ///< a version or feature this side does not have
  io_error,             ///< any other failure of the operating system
};

/// The code's name as written above.
std::string_view to_string(errc code);

} // namespace troupe
