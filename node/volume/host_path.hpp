#pragma once

#include "messages/base/result.hpp"
#include "node/volume/volumes.hpp"

#include <string>

namespace troupe::volume {

/// Checks that the host's path is of the volume's type, following symlinks. The
/// types "DirectoryOrCreate" (0755) and "FileOrCreate" (0644) make what is
/// missing; the empty type checks nothing and makes a missing directory, as
/// container runtimes do. Errors are upstream's.
status_result check_host_path(const host_path& volume);

} // namespace troupe::volume
