#include "node/log/log_parts.hpp"

#include "node/log/log_reader.hpp"
#include "node/sys/os_error.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>

namespace troupe::container_log {

namespace {

// Rotations that may happen while one part is looked up.
constexpr int lookups_max = 16;

result<std::vector<std::string>> list_names(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open{::opendir(directory.c_str()),
                                                 ::closedir};
  if (!open)
    return sys::os_error("open", directory);
  std::vector<std::string> names;
  while (const auto* entry = ::readdir(open.get()))
    names.emplace_back(entry->d_name);
  return names;
}

/// "<restart>.log.<timestamp>", neither compressed nor half renamed.
bool is_rotated(std::string_view name, std::string_view current) {
  return name.size() > current.size() + 1 && name.starts_with(current)
         && name[current.size()] == '.' && !name.ends_with(".gz")
         && !name.ends_with(".tmp");
}

std::optional<std::uint32_t> parse_restart(std::string_view name) {
  constexpr std::string_view ending = ".log";
  if (!name.ends_with(ending))
    return std::nullopt;
  const auto digits = name.substr(0, name.size() - ending.size());
  std::uint32_t number = 0;
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failure != std::errc{} || end != digits.data() + digits.size()
      || std::to_string(number) != digits)
    return std::nullopt;
  return number;
}

result<std::optional<open_part>> open_part_of(const std::string& directory,
                                              const log_part& part) {
  const auto path = directory + "/" + part.name;
  unique_fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!fd && errno == ENOENT)
    return std::optional<open_part>{};
  if (!fd)
    return sys::os_error("open", path);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0)
    return sys::os_error("stat", path);
  if (status.st_ino != part.inode || !S_ISREG(status.st_mode))
    return std::optional<open_part>{};
  return std::optional<open_part>{open_part{part, std::move(fd)}};
}

error rotates_too_fast(const std::string& directory) {
  return {errc::unavailable,
          "the log in " + directory + " rotates faster than it is read"};
}

const log_part* part_after(const std::vector<log_part>& parts,
                           std::optional<ino_t> after) {
  auto next = std::find_if(parts.begin(), parts.end(),
                           [&](const auto& it) { return it.inode == after; });
  next = !after || next == parts.end() ? parts.begin() : next + 1;
  return next == parts.end() ? nullptr : &*next;
}

} // namespace

std::string pod_directory(std::string_view logs, std::string_view namespace_,
                          std::string_view pod, std::string_view uid) {
  return std::string{logs}
      .append("/")
      .append(namespace_)
      .append("_")
      .append(pod)
      .append("_")
      .append(uid);
}

std::string file_name(std::uint32_t restart) {
  return std::to_string(restart) + ".log";
}

result<std::vector<std::uint32_t>> restarts(const std::string& directory) {
  const auto names = list_names(directory);
  if (!names && names.error().code == errc::not_found)
    return std::vector<std::uint32_t>{};
  if (!names)
    return names.error();
  std::vector<std::uint32_t> numbers;
  for (const auto& name : *names)
    if (const auto number = parse_restart(name))
      numbers.push_back(*number);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

result<std::vector<log_part>> list_parts(const std::string& directory,
                                         std::uint32_t restart) {
  auto names = list_names(directory);
  if (!names)
    return names.error();
  const auto current = file_name(restart);
  std::erase_if(*names, [&](const auto& name) {
    return name != current && !is_rotated(name, current);
  });
  // The current name is the shortest: it goes last, the others by time.
  std::sort(names->begin(), names->end(), [&](const auto& a, const auto& b) {
    return a != current && (b == current || a < b);
  });
  std::vector<log_part> parts;
  for (auto& name : *names) {
    struct stat status {};
    if (::lstat((directory + "/" + name).c_str(), &status) == 0)
      parts.push_back({std::move(name), status.st_ino});
  }
  return parts;
}

result<std::optional<open_part>> open_next_part(const std::string& directory,
                                                std::uint32_t restart,
                                                std::optional<ino_t> after) {
  for (int lookup = 0; lookup < lookups_max; ++lookup) {
    const auto parts = list_parts(directory, restart);
    if (!parts)
      return parts.error();
    const auto* next = part_after(*parts, after);
    auto opened = next ? open_part_of(directory, *next)
                       : result<std::optional<open_part>>{std::nullopt};
    if (!opened)
      return opened;
    // A rotation in between may have hidden a part from the list.
    const auto again = list_parts(directory, restart);
    if (!again)
      return again.error();
    if (*again == *parts && (!next || opened->has_value()))
      return opened;
  }
  return rotates_too_fast(directory);
}

result<std::vector<open_part>> open_parts(const std::string& directory,
                                          std::uint32_t restart) {
  for (int lookup = 0; lookup < lookups_max; ++lookup) {
    const auto parts = list_parts(directory, restart);
    if (!parts)
      return parts.error();
    std::vector<open_part> all;
    for (const auto& part : *parts) {
      auto opened = open_part_of(directory, part);
      if (!opened)
        return opened.error();
      if (opened->has_value())
        all.push_back(std::move(**opened));
    }
    const auto again = list_parts(directory, restart);
    if (!again)
      return again.error();
    if (*again == *parts && all.size() == parts->size())
      return all;
  }
  return rotates_too_fast(directory);
}

} // namespace troupe::container_log
