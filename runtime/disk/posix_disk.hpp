#pragma once

#include "runtime/port/disk_port.hpp"

#include <memory>
#include <string>

namespace troupe {

/// The directory `path` as a disk_port. The directory must exist; the port
/// holds it open, so it follows a rename of the path. Errors read
/// "<operation> <path>/<name>: <reason>".
///
///     auto disk = open_posix_disk("/var/lib/troupe/wal");
///     if (!disk)
///       return disk.error();
result<std::unique_ptr<disk_port>> open_posix_disk(std::string path);

} // namespace troupe
