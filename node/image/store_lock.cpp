#include "node/image/store_lock.hpp"

#include "node/image/digest.hpp"
#include "node/image/file_tools.hpp"
#include "node/image/stoppable_wait.hpp"
#include "node/sys/os_error.hpp"

#include <fcntl.h>

#include <cerrno>
#include <charconv>
#include <chrono>

namespace troupe::image {

using sys::os_error;

namespace {

/// How often a taken lock is tried again.
constexpr std::chrono::milliseconds retry_interval{20};

off_t offset_of(const std::string& key) {
  const auto hex = hex_of(digest_of(key));
  std::uint64_t out = 0;
  std::from_chars(hex.data(), hex.data() + 16, out, 16);
  return static_cast<off_t>(out >> 1);
}

} // namespace

result<std::optional<store_lock>>
store_lock::try_acquire(const std::string& file, const std::string& key,
                        mode how) {
  auto fd = open_file(file, O_RDWR | O_CREAT);
  if (!fd)
    return fd.error();
  struct flock range {};
  range.l_type = how == mode::shared ? F_RDLCK : F_WRLCK;
  range.l_whence = SEEK_SET;
  range.l_start = offset_of(key);
  range.l_len = 1;
  if (fcntl(fd->get(), F_OFD_SETLK, &range) == 0)
    return std::optional{store_lock{std::move(*fd)}};
  if (errno == EAGAIN || errno == EACCES)
    return std::optional<store_lock>{};
  return os_error("lock", file);
}

result<store_lock> store_lock::acquire(const std::string& file,
                                       const std::string& key, mode how,
                                       std::stop_token stop) {
  do {
    auto got = try_acquire(file, key, how);
    if (!got)
      return got.error();
    if (*got)
      return std::move(**got);
  } while (wait_unless_stopped(stop, retry_interval));
  return error{errc::unavailable, "the image service is stopping"};
}

} // namespace troupe::image
