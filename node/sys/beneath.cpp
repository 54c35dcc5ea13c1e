#include "node/sys/beneath.hpp"

#include "node/sys/os_error.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <cerrno>

namespace troupe::sys {

namespace {

// Each time another process renamed or mounted something during the look-up.
constexpr int attempts_max = 10'000;

} // namespace

result<unique_fd> open_beneath(const unique_fd& directory,
                               const std::string& path, int flags,
                               bounds within) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = within == bounds::root
                    ? RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS
                    : RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    unique_fd fd{static_cast<int>(::syscall(SYS_openat2, directory.get(),
                                            path.c_str(), &how, sizeof how))};
    if (fd)
      return fd;
    if (errno != EAGAIN && errno != EINTR)
      break;
  }
  const bool left = errno == EXDEV;
  auto failure = os_error("open", path);
  if (left)
    failure.code = errc::out_of_range;
  return failure;
}

} // namespace troupe::sys
