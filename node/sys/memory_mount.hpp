#pragma once

#include "messages/base/result.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe::sys {

/// A filesystem in memory.
struct memory_mount {
  std::optional<std::uint64_t> size; ///< bytes; absent: half of the RAM
  mode_t mode = 01777;               ///< of its root
  gid_t group = 0;                   ///< of its root
  bool no_exec = false;
  std::string name = "tmpfs"; ///< in mount tables
};

/// Mounts a tmpfs over `directory`: nosuid and nodev.
status_result mount_memory(const std::string& directory,
                           const memory_mount& what);

/// Unmounts what is mounted on `directory` itself, be it several mounts over
/// each other, without waiting for those who use it (MNT_DETACH). Idempotent.
status_result unmount_over(const std::string& directory);

/// The mount points at or below `directory` in this process's view, in the
/// order they were mounted. Symlinks in `directory` are followed first.
result<std::vector<std::string>> mounts_below(const std::string& directory);

/// Unmounts all of them, last first, without waiting for those who still use
/// one (MNT_DETACH): each disappears from here at once.
status_result unmount_below(const std::string& directory);

} // namespace troupe::sys
