#include "node/sys/file_tree.hpp"

#include "node/sys/beneath.hpp"
#include "node/sys/os_error.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace troupe::sys {

namespace {

struct child {
  std::string name;
  bool directory = false;
};

/// Reads through a descriptor of its own: `directory` keeps its position.
result<std::vector<child>> list(const unique_fd& directory) {
  unique_fd own{
      ::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  const std::unique_ptr<DIR, int (*)(DIR*)> open{::fdopendir(own.get()),
                                                 ::closedir};
  if (!open)
    return os_error("list", "a directory");
  own.release(); // closedir closes it
  std::vector<child> children;
  while (const auto* entry = ::readdir(open.get())) {
    const std::string_view name{entry->d_name};
    if (name == "." || name == "..")
      continue;
    struct stat status {};
    const bool is_directory = entry->d_type == DT_DIR
                              || (entry->d_type == DT_UNKNOWN
                                  && ::fstatat(directory.get(), entry->d_name,
                                               &status, AT_SYMLINK_NOFOLLOW)
                                         == 0
                                  && S_ISDIR(status.st_mode));
    children.push_back({entry->d_name, is_directory});
  }
  return children;
}

status_result unlink_at(const unique_fd& directory, const child& it) {
  if (::unlinkat(directory.get(), it.name.c_str(),
                 it.directory ? AT_REMOVEDIR : 0)
          != 0
      && errno != ENOENT)
    return os_error("delete", it.name);
  return unit{};
}

/// Empties a tree breadth first by moving each directory to the top, so that
/// neither the stack, the descriptors nor the length of a path grow with its
/// depth.
class tree_emptier {
public:
  explicit tree_emptier(const unique_fd& top) : top_(top) {}

  status_result run() {
    for (;;) {
      const auto children = list(top_);
      if (!children)
        return children.error();
      if (children->empty())
        return unit{};
      for (const auto& it : *children)
        if (auto gone = remove(it); !gone)
          return gone;
    }
  }

private:
  status_result remove(const child& it) {
    if (it.directory)
      if (auto flat = flatten(it.name); !flat)
        return flat;
    return unlink_at(top_, it);
  }

  status_result flatten(const std::string& name) {
    const auto directory = open_beneath(
        top_, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, bounds::one_name);
    if (!directory && directory.error().code == errc::out_of_range)
      return error{errc::conflict, "delete " + name
                                       + ": something is mounted "
                                         "there"};
    if (!directory)
      return directory.error();
    const auto children = list(*directory);
    if (!children)
      return children.error();
    for (const auto& it : *children) {
      auto done =
          it.directory ? lift(*directory, it.name) : unlink_at(*directory, it);
      if (!done)
        return done;
    }
    return unit{};
  }

  /// A mount point refuses to be moved.
  status_result lift(const unique_fd& from, const std::string& name) {
    for (;;) {
      const auto free_name = "..lifted-" + std::to_string(lifted_++);
      if (::renameat2(from.get(), name.c_str(), top_.get(), free_name.c_str(),
                      RENAME_NOREPLACE)
          == 0)
        return unit{};
      if (errno != EEXIST)
        return os_error("move", name);
    }
  }

  const unique_fd& top_;
  std::uint64_t lifted_ = 0;
};

} // namespace

status_result make_directories(const std::string& path, mode_t mode) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode))
      return unit{};
    errno = ENOTDIR;
    return os_error("mkdir", path);
  }
  const auto slash = path.find_last_of('/');
  if (slash != std::string::npos && slash > 0)
    if (auto above = make_directories(path.substr(0, slash), mode); !above)
      return above;
  if (::mkdir(path.c_str(), mode) != 0)
    return errno == EEXIST ? status_result{unit{}} : os_error("mkdir", path);
  if (::chmod(path.c_str(), mode) != 0)
    return os_error("chmod", path);
  return unit{};
}

status_result delete_tree(const std::string& path) {
  const unique_fd top{
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  if (!top && errno == ENOENT)
    return unit{};
  if (!top)
    return os_error("open", path);
  if (auto empty = tree_emptier{top}.run(); !empty)
    return error{empty.error().code,
                 "in " + path + ": " + empty.error().message};
  if (::rmdir(path.c_str()) != 0 && errno != ENOENT)
    return os_error("rmdir", path);
  return unit{};
}

} // namespace troupe::sys
