#include "node/image/tree_writer.hpp"

#include "node/image/file_tools.hpp"
#include "node/image/layer_path.hpp"
#include "node/sys/beneath.hpp"
#include "node/sys/os_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace troupe::image {

using sys::os_error;

namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr const char* opaque_xattr = "trusted.overlay.opaque";

error refused(const std::string& path, std::string_view why) {
  return {errc::corrupt, "layer entry \"" + path + "\" " + std::string{why}};
}

bool is_whiteout(const struct stat& found) {
  return S_ISCHR(found.st_mode) && found.st_rdev == 0;
}

/// Names an image may set: file capabilities and what users can set anyway.
/// Overlayfs keeps its own state in trusted.*, which no image may forge.
bool is_allowed_xattr(const std::string& name) {
  return name == "security.capability"
         || (name.starts_with("user.") && !name.starts_with("user.overlay."));
}

status_result dress(int fd, const tree_entry& entry) {
  if (fchown(fd, entry.uid, entry.gid) != 0)
    return os_error("change owner of", entry.path);
  for (const auto& [name, value] : entry.xattrs)
    if (is_allowed_xattr(name)
        && fsetxattr(fd, name.c_str(), value.data(), value.size(), 0) != 0
        && errno != ENOTSUP)
      return os_error("set attribute " + name + " of", entry.path);
  // After the owner: changing that takes set-id bits away.
  if (fchmod(fd, entry.mode & 07777) != 0)
    return os_error("change mode of", entry.path);
  return unit{};
}

std::array<timespec, 2> times_of(const timespec& modified) {
  return {modified, modified};
}

status_result make_opaque(int fd, const std::string& path) {
  if (fsetxattr(fd, opaque_xattr, "y", 1, 0) != 0)
    return os_error("make opaque", path);
  return unit{};
}

} // namespace

tree_writer::tree_writer(unique_fd root, std::vector<std::string> below)
    : root_{std::move(root)}, below_{std::move(below)} {
  // Until an entry says otherwise, the root looks as below, too.
  if (!dress_implied(root_.get(), ""))
    fchmod(root_.get(), 0755);
}

status_result tree_writer::put(const tree_entry& entry, const filler& fill) {
  using type = tree_entry::type;
  if (entry.path.empty()) {
    if (entry.kind != type::directory)
      return refused(entry.path, "would replace the root");
    times_[""] = entry.modified;
    return dress(root_.get(), entry);
  }
  const auto parent = directory(parent_part(entry.path), true);
  if (!parent)
    return parent.error();
  switch (entry.kind) {
    case type::directory:
      return put_directory(entry, *parent);
    case type::file:
      return put_file(entry, *parent, fill);
    case type::symlink:
      return put_symlink(entry, *parent);
    case type::hard_link:
      return put_hard_link(entry, *parent);
    case type::device:
      return put_device(entry, *parent);
  }
  return refused(entry.path, "is of no known type");
}

status_result tree_writer::put_directory(const tree_entry& entry, int parent) {
  const std::string name{last_part(entry.path)};
  if (auto made = make_directory(parent, name, entry.path); !made)
    return made;
  const unique_fd fd{openat(parent, name.c_str(), directory_flags)};
  if (!fd)
    return os_error("open", entry.path);
  times_[entry.path] = entry.modified;
  return dress(fd.get(), entry);
}

/// A directory that is already there stays; anything else gives way. What
/// takes a whiteout's place hides what that hid.
status_result tree_writer::make_directory(int parent, const std::string& name,
                                          const std::string& path) {
  struct stat found {};
  bool opaque = false;
  if (fstatat(parent, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0) {
    if (S_ISDIR(found.st_mode))
      return unit{};
    opaque = is_whiteout(found);
    if (unlinkat(parent, name.c_str(), 0) != 0)
      return os_error("replace", path);
  }
  if (mkdirat(parent, name.c_str(), 0700) != 0)
    return os_error("make directory", path);
  if (!opaque)
    return unit{};
  const unique_fd fd{openat(parent, name.c_str(), directory_flags)};
  return fd ? make_opaque(fd.get(), path) : os_error("open", path);
}

status_result tree_writer::put_file(const tree_entry& entry, int parent,
                                    const filler& fill) {
  const std::string name{last_part(entry.path)};
  if (auto cleared = clear(parent, name, entry.path); !cleared)
    return cleared;
  const unique_fd fd{
      openat(parent, name.c_str(),
             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
  if (!fd)
    return os_error("make file", entry.path);
  if (auto filled = fill(fd.get()); !filled)
    return filled;
  if (auto dressed = dress(fd.get(), entry); !dressed)
    return dressed;
  if (futimens(fd.get(), times_of(entry.modified).data()) != 0)
    return os_error("set times of", entry.path);
  return unit{};
}

status_result tree_writer::put_symlink(const tree_entry& entry, int parent) {
  const std::string name{last_part(entry.path)};
  if (auto cleared = clear(parent, name, entry.path); !cleared)
    return cleared;
  if (symlinkat(entry.target.c_str(), parent, name.c_str()) != 0)
    return os_error("make link", entry.path);
  if (fchownat(parent, name.c_str(), entry.uid, entry.gid, AT_SYMLINK_NOFOLLOW)
      != 0)
    return os_error("change owner of", entry.path);
  if (utimensat(parent, name.c_str(), times_of(entry.modified).data(),
                AT_SYMLINK_NOFOLLOW)
      != 0)
    return os_error("set times of", entry.path);
  return unit{};
}

status_result tree_writer::put_hard_link(const tree_entry& entry, int parent) {
  if (entry.target == entry.path)
    return unit{};
  const std::string name{last_part(entry.path)};
  if (auto cleared = clear(parent, name, entry.path); !cleared)
    return cleared;
  // `directory` may close the descriptor it gave before.
  const unique_fd here{openat(parent, ".", directory_flags)};
  if (!here)
    return os_error("open directory of", entry.path);
  const auto there = directory(parent_part(entry.target), false);
  if (!there)
    return refused(entry.path, "links to \"" + entry.target
                                   + "\", which is not in its layer");
  const std::string old_name{last_part(entry.target)};
  if (linkat(*there, old_name.c_str(), here.get(), name.c_str(), 0) == 0)
    return unit{};
  if (errno == ENOENT || errno == EPERM)
    return refused(entry.path, "links to \"" + entry.target
                                   + "\", which is no file of its layer");
  return os_error("make link", entry.path);
}

status_result tree_writer::put_device(const tree_entry& entry, int parent) {
  const std::string name{last_part(entry.path)};
  if (auto cleared = clear(parent, name, entry.path); !cleared)
    return cleared;
  if (mknodat(parent, name.c_str(), entry.mode, entry.device) != 0)
    return os_error("make device", entry.path);
  if (fchownat(parent, name.c_str(), entry.uid, entry.gid, AT_SYMLINK_NOFOLLOW)
      != 0)
    return os_error("change owner of", entry.path);
  // The name is a device made above, never a link.
  if (fchmodat(parent, name.c_str(), entry.mode & 07777, 0) != 0)
    return os_error("change mode of", entry.path);
  return unit{};
}

status_result tree_writer::hide(const std::string& path) {
  const auto parent = directory(parent_part(path), true);
  if (!parent)
    return parent.error();
  const std::string name{last_part(path)};
  struct stat found {};
  if (fstatat(*parent, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0) {
    // A file of this layer hides what is below it anyhow.
    if (!S_ISDIR(found.st_mode))
      return unit{};
    const unique_fd fd{openat(*parent, name.c_str(), directory_flags)};
    return fd ? make_opaque(fd.get(), path) : os_error("open", path);
  }
  if (mknodat(*parent, name.c_str(), S_IFCHR, 0) != 0)
    return os_error("make whiteout", path);
  return unit{};
}

status_result tree_writer::hide_below(const std::string& path) {
  const auto fd = directory(path, true);
  if (!fd)
    return fd.error();
  return make_opaque(*fd, path);
}

void tree_writer::finish() {
  for (const auto& [path, modified] : times_)
    if (const auto fd = directory(path, false))
      futimens(*fd, times_of(modified).data());
}

status_result tree_writer::clear(int parent, const std::string& name,
                                 const std::string& path) {
  if (unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT)
    return unit{};
  if (errno != EISDIR)
    return os_error("replace", path);
  return remove_tree("/proc/self/fd/" + std::to_string(parent) + "/" + name);
}

result<int> tree_writer::directory(std::string_view path, bool make) {
  if (path.empty())
    return root_.get();
  struct stat found {};
  // Without links the directory kept open was removed since.
  if (open_ && path == open_path_ && fstat(open_.get(), &found) == 0
      && found.st_nlink > 0)
    return open_.get();
  unique_fd at;
  for (std::size_t end = 0; end != path.npos;) {
    end = path.find('/', end + 1);
    const std::string part{path.substr(0, end)};
    auto next = step_into(at ? at.get() : root_.get(), part, make);
    if (!next)
      return next.error();
    at = std::move(*next);
  }
  open_ = std::move(at);
  open_path_ = path;
  return open_.get();
}

result<unique_fd> tree_writer::step_into(int parent, const std::string& path,
                                         bool make) {
  const std::string name{last_part(path)};
  unique_fd fd{openat(parent, name.c_str(), directory_flags)};
  if (fd)
    return fd;
  const int fault = errno;
  struct stat found {};
  const bool there =
      fstatat(parent, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0;
  if (there && S_ISLNK(found.st_mode)) {
    // As containers see it: a link leads wherever it does inside the layer.
    auto inside = sys::open_beneath(root_, path, O_RDONLY | O_DIRECTORY,
                                    sys::bounds::root);
    return inside ? std::move(inside)
                  : refused(path, "is a link to no directory of its layer");
  }
  if (there && !is_whiteout(found))
    return refused(path, "is no directory");
  if (!make) {
    errno = fault;
    return os_error("open", path);
  }
  if (auto made = make_directory(parent, name, path); !made)
    return made.error();
  fd.reset(openat(parent, name.c_str(), directory_flags));
  if (!fd)
    return os_error("open", path);
  if (auto dressed = dress_implied(fd.get(), path); !dressed)
    return dressed.error();
  return fd;
}

/// Looks from the topmost layer down: the first that has the path decides, and
/// nothing below a layer that hides it counts.
status_result tree_writer::dress_implied(int fd, const std::string& path) {
  tree_entry look;
  look.path = path;
  look.kind = tree_entry::type::directory;
  look.mode = 0755;
  for (const auto& layer : below_) {
    struct stat found {};
    const auto full = layer + "/" + path;
    if (lstat(full.c_str(), &found) != 0)
      continue;
    if (S_ISDIR(found.st_mode)) {
      look.mode = found.st_mode;
      look.uid = found.st_uid;
      look.gid = found.st_gid;
      times_[path] = found.st_mtim;
    }
    break;
  }
  return dress(fd, look);
}

} // namespace troupe::image
