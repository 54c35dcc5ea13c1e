#pragma once

#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <cstdint>
#include <string>

namespace troupe::sys {

/// How far a path may lead (openat2(2)).
enum class bounds : std::uint8_t {
  root,     ///< the directory is the path's "/": symlinks and ".." stay in it
  one_name, ///< no symlink, no mount point, no ".."
};

/// Opens `path` from the directory. The kernel keeps the bounds, whatever
/// others rename meanwhile. `flags` as for open(2); O_CLOEXEC is added. Going
/// out of bounds is `out_of_range`.
result<unique_fd> open_beneath(const unique_fd& directory,
                               const std::string& path, int flags,
                               bounds within);

} // namespace troupe::sys
