#include "node/network/address_file.hpp"

#include "node/network/address_pool.hpp"
#include "node/sys/os_error.hpp"
#include "node/sys/unique_fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace troupe::network {

namespace {

status_result write_all(const std::string& path, bytes_view text) {
  const unique_fd fd{
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  if (!fd)
    return sys::os_error("create", path);
  while (!text.empty()) {
    const auto done = ::write(fd.get(), text.data(), text.size());
    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      return sys::os_error("write", path);
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  // Else the new name could come to stand for a file without its text.
  if (fdatasync(fd.get()) != 0)
    return sys::os_error("flush", path);
  return unit{};
}

} // namespace

address_file::address_file(std::string directory)
    : path_(std::move(directory) + "/addresses") {}

result<std::optional<bytes>> address_file::read() const {
  const unique_fd fd{open(path_.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd && errno == ENOENT)
    return std::optional<bytes>{};
  if (!fd)
    return sys::os_error("open", path_);
  bytes out;
  for (;;) {
    char part[16384];
    const auto length = ::read(fd.get(), part, sizeof part);
    if (length < 0 && errno == EINTR)
      continue;
    if (length < 0)
      return sys::os_error("read", path_);
    if (length == 0)
      return std::optional{std::move(out)};
    out.append(part, static_cast<std::size_t>(length));
    if (out.size() > address_pool::encoded_max)
      return error{errc::too_large, "read " + path_ + ": it is too long"};
  }
}

status_result address_file::write(bytes_view text) const {
  const auto fresh = path_ + ".new";
  if (auto done = write_all(fresh, text); !done)
    return done;
  if (std::rename(fresh.c_str(), path_.c_str()) != 0)
    return sys::os_error("replace", path_);
  return unit{};
}

} // namespace troupe::network
