#pragma once

#include <span>

namespace troupe::sandbox {

/// System calls that every container may use.
std::span<const char* const> usual_calls();

/// System calls that come with a capability.
struct granted_calls {
  int capability; ///< its number
  std::span<const char* const> calls;
};

std::span<const granted_calls> privileged_calls();

} // namespace troupe::sandbox
