#pragma once

#include "messages/base/result.hpp"

#include <sys/types.h>

#include <string>

namespace troupe::sys {

/// Makes `path` and the directories above it where they are missing. New ones
/// have this mode, whatever the umask.
status_result make_directories(const std::string& path, mode_t mode);

/// Deletes `path` with all below. Enters no mount and follows no symlink: a
/// mount point inside is `conflict`, and what is mounted stays as it is. Any
/// depth will do. A missing path is deleted already.
status_result delete_tree(const std::string& path);

} // namespace troupe::sys
