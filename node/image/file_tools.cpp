#include "node/image/file_tools.hpp"

#include "node/sys/file_tree.hpp"
#include "node/sys/os_error.hpp"
#include "runtime/base/entropy.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <set>

namespace troupe::image {

using sys::os_error;

namespace {

constexpr unsigned depth_max = 2'000;

std::string parent_of(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

using dir_ptr = std::unique_ptr<DIR, int (*)(DIR*)>;

/// Names in the directory `fd`, which stays open.
std::optional<std::vector<std::string>> names_at(int fd) {
  const int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0)
    return std::nullopt;
  const dir_ptr dir{fdopendir(copy), closedir};
  if (!dir) {
    close(copy);
    return std::nullopt;
  }
  std::vector<std::string> out;
  while (const auto* entry = readdir(dir.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..")
      out.emplace_back(name);
  }
  return out;
}

void add_bytes(int parent, const std::string& name, std::uint64_t& sum,
               std::set<ino_t>& seen, unsigned depth) {
  struct stat found {};
  if (depth > depth_max
      || fstatat(parent, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
    return;
  if (found.st_nlink == 1 || S_ISDIR(found.st_mode)
      || seen.insert(found.st_ino).second)
    sum += static_cast<std::uint64_t>(found.st_blocks) * 512;
  if (!S_ISDIR(found.st_mode))
    return;
  const unique_fd dir{openat(parent, name.c_str(),
                             O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  const auto names = dir ? names_at(dir.get()) : std::nullopt;
  if (!names)
    return;
  for (const auto& each : *names)
    add_bytes(dir.get(), each, sum, seen, depth + 1);
}

} // namespace

result<unique_fd> open_file(const std::string& path, int flags, unsigned mode) {
  unique_fd fd{open(path.c_str(), flags | O_CLOEXEC, mode)};
  if (!fd)
    return os_error("open", path);
  return fd;
}

status_result write_all(int fd, bytes_view data, std::string_view path) {
  while (!data.empty()) {
    const auto done = write(fd, data.data(), data.size());
    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      return os_error("write", path);
    data.remove_prefix(static_cast<std::size_t>(done));
  }
  return unit{};
}

status_result sync_file(int fd, std::string_view path) {
  if (fsync(fd) != 0)
    return os_error("sync", path);
  return unit{};
}

status_result sync_directory(const std::string& path) {
  const auto fd = open_file(path, O_RDONLY | O_DIRECTORY);
  if (!fd)
    return fd.error();
  return sync_file(fd->get(), path);
}

status_result rename_durably(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0)
    return os_error("rename", from + " to " + to);
  return sync_directory(parent_of(to));
}

status_result replace_file(const std::string& path, bytes_view content) {
  const auto draft =
      parent_of(path) + "/.draft-" + std::to_string(random_u64());
  auto written = [&]() -> status_result {
    const auto fd = open_file(draft, O_WRONLY | O_CREAT | O_EXCL);
    if (!fd)
      return fd.error();
    if (auto done = write_all(fd->get(), content, draft); !done)
      return done;
    if (auto done = sync_file(fd->get(), draft); !done)
      return done;
    return rename_durably(draft, path);
  }();
  if (!written)
    unlink(draft.c_str());
  return written;
}

result<bytes> read_whole(const std::string& path, std::size_t size_max) {
  const auto fd = open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!fd)
    return fd.error();
  bytes out;
  std::array<char, 16 * 1024> chunk;
  for (;;) {
    const auto got = read(fd->get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return os_error("read", path);
    if (got == 0)
      return out;
    out.append(chunk.data(), static_cast<std::size_t>(got));
    if (out.size() > size_max)
      return error{errc::too_large, "read " + path + ": larger than "
                                        + std::to_string(size_max) + " bytes"};
  }
}

bool exists(const std::string& path) {
  struct stat found {};
  return lstat(path.c_str(), &found) == 0;
}

std::vector<std::string> names_in(const std::string& directory) {
  const auto fd = open_file(directory, O_RDONLY | O_DIRECTORY);
  auto names = fd ? names_at(fd->get()) : std::nullopt;
  if (!names)
    return {};
  std::erase_if(*names, [](const auto& name) { return name.starts_with('.'); });
  std::ranges::sort(*names);
  return *names;
}

status_result remove_tree(const std::string& path) {
  if (unlink(path.c_str()) == 0 || errno == ENOENT)
    return unit{};
  return errno == EISDIR ? sys::delete_tree(path)
                         : status_result{os_error("remove", path)};
}

std::uint64_t tree_bytes(const std::string& path) {
  std::uint64_t sum = 0;
  std::set<ino_t> seen;
  add_bytes(AT_FDCWD, path, sum, seen, 0);
  return sum;
}

} // namespace troupe::image
