#pragma once

#include "node/shim/kernel.hpp"

namespace troupe::shim {

/// Opens (O_PATH) a path below the container's root for a mount; symbolic
/// links lead nowhere outside. `flags` are a plan's `step_make_directory`,
/// `step_make_file` and `step_no_links`. Returns a descriptor or a negative
/// errno.
long open_below(int root, const char* path, std::uint16_t flags);

/// Makes the directories of an absolute path where they are missing.
long make_directories(const char* path);

} // namespace troupe::shim
