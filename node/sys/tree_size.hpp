#pragma once

#include "messages/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace troupe::sys {

struct tree_size {
  std::int64_t octets = 0; ///< of the disk's blocks
  bool whole = true;       ///< false: there is more than was counted
};

/// How much of trees to look at. What lies beyond is not counted.
struct tree_size_limits {
  /// Files and directories.
  std::size_t entries_max = 1'000'000;
  /// Octets of the paths of directories not looked into yet.
  std::size_t pending_max = 16 << 20;
  /// Asked once per directory: true ends the count there.
  std::function<bool()> stop;
};

/// What the directory or file `path` and all below it take: blocks, as du(1)
/// counts them, each inode once. Follows no symlink, `path` included, and
/// enters no mount but `path` itself; what goes away meanwhile is not counted.
/// `not_found` when `path` is not there.
result<tree_size> measure_tree(const std::string& path,
                               const tree_size_limits& limits);

} // namespace troupe::sys
