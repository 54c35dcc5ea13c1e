#include "node/sys/beneath.hpp"
#include "node/sys/os_error.hpp"
#include "node/volume/volumes.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace troupe::volume {

namespace {

constexpr std::size_t sub_path_max = 4096;
constexpr mode_t permission_bits = 07777;

bool has_back_step(std::string_view path) {
  while (!path.empty()) {
    const auto end = path.find('/');
    if (path.substr(0, end) == "..")
      return true;
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  return false;
}

status_result check_sub_path(std::string_view path) {
  const auto refuse = [&](const char* before, const char* after) {
    return error{errc::invalid_argument,
                 std::string{before} + " `" + std::string{path} + "`" + after};
  };
  if (path.starts_with('/'))
    return refuse("error SubPath", " must not be an absolute path");
  if (has_back_step(path))
    return refuse("unable to provision SubPath", ": must not contain '..'");
  if (path.size() > sub_path_max || path.find('\0') != std::string_view::npos)
    return refuse("unable to provision SubPath", ": not a valid path");
  return unit{};
}

/// Walks down by names. Every step starts at the root of the volume, so that a
/// symlink met on the way resolves inside it; a directory is made only in one
/// that is held open.
class sub_path_walk {
public:
  sub_path_walk(const unique_fd& root, mode_t mode)
      : root_(root), mode_(mode) {}

  result<unique_fd> run(std::string_view path) {
    auto here = open(".");
    std::string walked;
    while (here && !path.empty()) {
      const auto end = path.find('/');
      const std::string name{path.substr(0, end)};
      path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
      if (name.empty() || name == ".")
        continue;
      walked.append(walked.empty() ? "" : "/").append(name);
      auto next = open(walked);
      if (!next && next.error().code == errc::not_found)
        next = make(*here, name, walked);
      here = std::move(next);
    }
    return here;
  }

private:
  result<unique_fd> open(const std::string& path) const {
    return sys::open_beneath(root_, path, O_PATH, sys::bounds::root);
  }

  /// A dangling symlink is there and yet not found: it stays as it is.
  result<unique_fd> make(const unique_fd& parent, const std::string& name,
                         const std::string& walked) const {
    if (::mkdirat(parent.get(), name.c_str(), mode_) != 0) {
      const auto failed = sys::os_error("mkdir", walked);
      // Another container of the pod may have made it just now.
      return failed.code == errc::already_exists ? open(walked) : failed;
    }
    const auto made =
        sys::open_beneath(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
                          sys::bounds::one_name);
    if (!made)
      return made.error();
    // Whatever the umask.
    if (::fchmod(made->get(), mode_) != 0)
      return sys::os_error("chmod", walked);
    return open(walked);
  }

  const unique_fd& root_;
  mode_t mode_;
};

} // namespace

result<unique_fd> open_sub_path(const std::string& volume,
                                std::string_view sub_path) {
  if (auto valid = check_sub_path(sub_path); !valid)
    return valid.error();
  const unique_fd root{
      ::open(volume.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  struct stat status {};
  if (!root || ::fstat(root.get(), &status) != 0)
    return sys::os_error("open", volume);
  return sub_path_walk{root, status.st_mode & permission_bits}.run(sub_path);
}

} // namespace troupe::volume
