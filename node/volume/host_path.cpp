#include "node/volume/host_path.hpp"

#include "node/sys/file_tree.hpp"
#include "node/sys/os_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <optional>

namespace troupe::volume {

namespace {

constexpr mode_t made_directory_mode = 0755;
constexpr mode_t made_file_mode = 0644;

enum class creates { nothing, directory, file };

struct type_rule {
  std::string_view type;
  mode_t format;
  std::string_view noun;
  creates missing;
};

constexpr std::array rules{
    type_rule{"DirectoryOrCreate", S_IFDIR, "a directory", creates::directory},
    type_rule{"Directory", S_IFDIR, "a directory", creates::nothing},
    type_rule{"FileOrCreate", S_IFREG, "a file", creates::file},
    type_rule{"File", S_IFREG, "a file", creates::nothing},
    type_rule{"Socket", S_IFSOCK, "a socket file", creates::nothing},
    type_rule{"CharDevice", S_IFCHR, "a character device", creates::nothing},
    type_rule{"BlockDevice", S_IFBLK, "a block device", creates::nothing},
};

std::optional<mode_t> format_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    return std::nullopt;
  return status.st_mode & S_IFMT;
}

status_result make_file(const std::string& path) {
  const unique_fd file{::open(
      path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, made_file_mode)};
  if (!file)
    return sys::os_error("create", path);
  if (::fchmod(file.get(), made_file_mode) != 0)
    return sys::os_error("chmod", path);
  return unit{};
}

status_result make_missing(const std::string& path, creates what) {
  switch (what) {
    case creates::nothing:
      return unit{};
    case creates::directory:
      return sys::make_directories(path, made_directory_mode);
    case creates::file:
      return make_file(path);
  }
  return unit{};
}

} // namespace

status_result check_host_path(const host_path& volume) {
  const auto found = format_of(volume.path);
  if (volume.type.empty())
    return found ? unit{} : make_missing(volume.path, creates::directory);
  for (const auto& rule : rules) {
    if (rule.type != volume.type)
      continue;
    if (!found && rule.missing != creates::nothing)
      return make_missing(volume.path, rule.missing);
    if (found == rule.format)
      return unit{};
    return error{errc::invalid_argument,
                 "hostPath type check failed: " + volume.path + " is not "
                     + std::string{rule.noun}};
  }
  return error{errc::invalid_argument,
               volume.type + " is an invalid volume type"};
}

} // namespace troupe::volume
