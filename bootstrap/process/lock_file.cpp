#include "bootstrap/process/lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace troupe::process {

namespace {

/// Whether `path` still names the open file: whoever removes a cluster removes
/// its lock file while holding it.
bool is_file_at(const std::string& path, int fd) {
  struct stat here {};
  struct stat there {};
  return fstat(fd, &here) == 0 && stat(path.c_str(), &there) == 0
         && here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

error lock_error(const std::string& path, int number) {
  return {errc::io_error,
          path + ": " + std::generic_category().message(number)};
}

} // namespace

result<unique_fd> take_lock(const std::string& path) {
  for (;;) {
    unique_fd out{open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    if (!out)
      return lock_error(path, errno);
    if (flock(out.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK)
        return error{errc::conflict, path + " is held by another process"};
      return lock_error(path, errno);
    }
    if (is_file_at(path, out.get()))
      return out;
  }
}

} // namespace troupe::process
