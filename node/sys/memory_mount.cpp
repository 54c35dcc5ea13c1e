#include "node/sys/memory_mount.hpp"

#include "node/sys/mount_table.hpp"
#include "node/sys/os_error.hpp"
#include "node/sys/unique_fd.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

namespace troupe::sys {

namespace {

constexpr auto mount_table_file = "/proc/self/mountinfo";

result<std::string> read_mount_table() {
  const unique_fd fd{::open(mount_table_file, O_RDONLY | O_CLOEXEC)};
  if (!fd)
    return os_error("open", mount_table_file);
  std::string text;
  std::array<char, 65536> piece;
  for (;;) {
    const auto count = ::read(fd.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return os_error("read", mount_table_file);
    if (count == 0)
      return text;
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
}

std::string octal(mode_t mode) {
  std::array<char, 16> text;
  const auto length = std::snprintf(text.data(), text.size(), "%o", mode);
  return {text.data(), static_cast<std::size_t>(length)};
}

} // namespace

status_result mount_memory(const std::string& directory,
                           const memory_mount& what) {
  auto options =
      "mode=" + octal(what.mode) + ",gid=" + std::to_string(what.group);
  if (what.size)
    options += ",size=" + std::to_string(*what.size);
  unsigned long flags = MS_NOSUID | MS_NODEV;
  if (what.no_exec)
    flags |= MS_NOEXEC;
  if (::mount(what.name.c_str(), directory.c_str(), "tmpfs", flags,
              options.c_str())
      != 0)
    return os_error("mount tmpfs on", directory);
  return unit{};
}

status_result unmount_over(const std::string& directory) {
  while (::umount2(directory.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
    ;
  if (errno == EINVAL || errno == ENOENT) // nothing is mounted there
    return unit{};
  return os_error("unmount", directory);
}

result<std::vector<std::string>> mounts_below(const std::string& directory) {
  const std::unique_ptr<char, decltype(&::free)> real{
      ::realpath(directory.c_str(), nullptr), ::free};
  if (!real)
    return os_error("find", directory);
  const auto table = read_mount_table();
  if (!table)
    return table.error();
  std::vector<std::string> points;
  for (const auto& mount : parse_mount_table(*table))
    if (is_within(mount.mount_point, real.get()))
      points.push_back(mount.mount_point);
  return points;
}

status_result unmount_below(const std::string& directory) {
  const auto points = mounts_below(directory);
  if (!points)
    return points.error();
  for (auto point = points->rbegin(); point != points->rend(); ++point)
    // EINVAL: it was below one that has just gone.
    if (::umount2(point->c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0
        && errno != EINVAL && errno != ENOENT)
      return os_error("unmount", *point);
  return unit{};
}

} // namespace troupe::sys
