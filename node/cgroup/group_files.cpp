#include "node/cgroup/group_files.hpp"

#include "node/sys/os_error.hpp"
#include "node/sys/unique_fd.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

namespace troupe::cgroup {

namespace {

// The longest control files (cgroup.procs of a full group) stay far below.
constexpr std::size_t control_max = std::size_t{4} << 20;

bool is_group(const dirent& entry) {
  return entry.d_type == DT_DIR && std::string_view{entry.d_name} != "."
         && std::string_view{entry.d_name} != "..";
}

} // namespace

result<bytes> read_control(const std::string& path) {
  const unique_fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd)
    return sys::os_error("open", path);
  bytes text;
  std::array<char, 4096> piece;
  for (;;) {
    const auto count = ::read(fd.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return sys::os_error("read", path);
    if (count == 0)
      return text;
    text.append(piece.data(), static_cast<std::size_t>(count));
    if (text.size() > control_max)
      return error{errc::too_large, "read " + path + ": over 4 MiB"};
  }
}

status_result write_control(const std::string& path, std::string_view value) {
  const unique_fd fd{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
  if (!fd)
    return sys::os_error("open", path);
  while (::write(fd.get(), value.data(), value.size()) < 0)
    if (errno != EINTR)
      return sys::os_error("write \"" + std::string{value} + "\" to", path);
  return unit{};
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

status_result make_group(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST)
    return sys::os_error("mkdir", path);
  return unit{};
}

status_result remove_group(const std::string& path) {
  if (::rmdir(path.c_str()) != 0 && errno != ENOENT)
    return sys::os_error("rmdir", path);
  return unit{};
}

result<std::vector<std::string>> list_groups(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory{::opendir(path.c_str()),
                                                      ::closedir};
  if (!directory)
    return sys::os_error("open", path);
  std::vector<std::string> names;
  while (const auto* entry = ::readdir(directory.get()))
    if (is_group(*entry))
      names.emplace_back(entry->d_name);
  std::sort(names.begin(), names.end());
  return names;
}

std::string join(std::string_view directory, std::string_view name) {
  std::string path{directory};
  if (!directory.empty() && !name.empty())
    path += '/';
  return path.append(name);
}

std::vector<step_down> steps_down(const std::string& mount,
                                  std::string_view path) {
  std::vector<step_down> steps;
  auto above = mount;
  while (!path.empty()) {
    const auto end = path.find('/');
    auto directory = join(above, path.substr(0, end));
    steps.push_back({above, directory});
    above = std::move(directory);
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  return steps;
}

} // namespace troupe::cgroup
