#include "node/shim/mounts.hpp"

#include "node/shim/paths.hpp"
#include "node/shim/text.hpp"

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/stat.h>

namespace troupe::shim {

namespace {

constexpr int detach = 2;          // MNT_DETACH of umount2(2)
constexpr int recursive = 0x8000;  // AT_RECURSIVE
constexpr int empty_path = 0x1000; // AT_EMPTY_PATH
constexpr int no_follow = 0x100;   // AT_SYMLINK_NOFOLLOW

const char* second(const char* first) {
  return first + strlen(first) + 1;
}

long attach(long mount, long target) {
  const auto result = kernel(__NR_move_mount, mount, "", target, "",
                             MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
  kernel(__NR_close, mount);
  kernel(__NR_close, target);
  return result;
}

/// Attaches `mount`, which it closes, below the container's root.
long attach_below(int root, long mount, const char* path, std::uint16_t flags) {
  if (mount < 0)
    return mount;
  const auto target = open_below(root, path, flags);
  if (target >= 0)
    return attach(mount, target);
  kernel(__NR_close, mount);
  return target;
}

long set_attributes(long mount, const char* path, unsigned flags,
                    std::uint64_t attributes) {
  mount_attr wanted = {};
  wanted.attr_set = attributes;
  return kernel(__NR_mount_setattr, mount, path, flags, &wanted,
                sizeof(wanted));
}

long configure(long context, const char* key, const char* value) {
  if (*value == '\0')
    return kernel(__NR_fsconfig, context, FSCONFIG_SET_FLAG, key, nullptr, 0);
  return kernel(__NR_fsconfig, context, FSCONFIG_SET_STRING, key, value, 0);
}

/// A new mount of a new file system with `count` pairs of options at `option`.
long make_filesystem(const char* type, const char* option, std::uint32_t count,
                     std::uint64_t attributes) {
  const auto context = kernel(__NR_fsopen, type, FSOPEN_CLOEXEC);
  if (context < 0)
    return context;
  long result = 0;
  for (; count >= 2 && result == 0; count -= 2) {
    result = configure(context, option, second(option));
    option = second(second(option));
  }
  if (result == 0)
    result = kernel(__NR_fsconfig, context, FSCONFIG_CMD_CREATE, nullptr,
                    nullptr, 0);
  if (result == 0)
    result = kernel(__NR_fsmount, context, FSMOUNT_CLOEXEC, attributes);
  kernel(__NR_close, context);
  return result;
}

long clone_tree(const char* path, unsigned flags) {
  return kernel(__NR_open_tree, AT_FDCWD, path,
                OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags);
}

long descriptor_of(const child_context& context, const step& what) {
  if (what.number_count < 1 || what.numbers[0] >= context.descriptor_count)
    return -EBADF;
  return context.descriptors[what.numbers[0]];
}

} // namespace

long mount_root(child_context& context, const step& what) {
  const auto mount = descriptor_of(context, what);
  if (mount < 0)
    return mount;
  constexpr auto private_all = 0x4000 | (1 << 18); // MS_REC, MS_PRIVATE
  auto result = kernel(__NR_mount, nullptr, "/", nullptr, private_all, nullptr);
  // The working directory is the pod's: any directory will do, and only this
  // process sees what covers it.
  if (result == 0)
    result = kernel(__NR_move_mount, mount, "", AT_FDCWD, ".",
                    MOVE_MOUNT_F_EMPTY_PATH);
  context.root = static_cast<int>(mount);
  return result;
}

long mount_descriptor(child_context& context, const step& what) {
  const auto given = descriptor_of(context, what);
  if (given < 0 || what.string_count < 1)
    return -EBADF;
  const auto mount = kernel(__NR_fcntl, given, F_DUPFD_CLOEXEC, 3);
  return attach_below(context.root, mount, what.strings, what.flags);
}

long mount_filesystem(child_context& context, const step& what) {
  if (what.number_count < 1 || what.string_count < 2)
    return -EINVAL;
  const char* destination = second(what.strings);
  const auto mount = make_filesystem(what.strings, second(destination),
                                     what.string_count - 2, what.numbers[0]);
  return attach_below(context.root, mount, destination, what.flags);
}

long bind_inside(const step& what) {
  if (what.string_count < 2)
    return -EINVAL;
  const auto root =
      kernel(__NR_openat, AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
  if (root < 0)
    return root;
  const auto result =
      attach_below(static_cast<int>(root), clone_tree(what.strings, 0),
                   second(what.strings), what.flags);
  kernel(__NR_close, root);
  return result;
}

long mask_path(const step& what) {
  const auto target = kernel(__NR_openat, AT_FDCWD, what.strings,
                             O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
  if (target < 0)
    return target;
  struct statx about = {};
  auto mount = kernel(__NR_statx, target, "", empty_path, STATX_TYPE, &about);
  if (mount >= 0)
    mount = (about.stx_mode & S_IFMT) == S_IFDIR ? make_empty_mount()
                                                 : clone_tree("/dev/null", 0);
  if (mount >= 0)
    return attach(mount, target);
  kernel(__NR_close, target);
  return mount;
}

long make_read_only(const char* path) {
  const auto target =
      kernel(__NR_openat, AT_FDCWD, path, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
  if (target < 0)
    return target;
  const auto mount = clone_tree(path, no_follow | recursive);
  if (mount < 0) {
    kernel(__NR_close, target);
    return mount;
  }
  set_attributes(mount, "", empty_path | recursive, MOUNT_ATTR_RDONLY);
  return attach(mount, target);
}

long remount_read_only(const char* path) {
  return set_attributes(AT_FDCWD, path, 0, MOUNT_ATTR_RDONLY);
}

long enter_root(int root) {
  auto result = kernel(__NR_fchdir, root);
  if (result == 0)
    result = kernel(__NR_pivot_root, ".", ".");
  // The old root lies over the new one now and is what "." names.
  if (result == 0)
    result = kernel(__NR_umount2, ".", detach);
  return result == 0 ? kernel(__NR_chdir, "/") : result;
}

long make_empty_mount() {
  constexpr char options[] = "size\0"
                             "4096\0"
                             "nr_inodes\0"
                             "1\0"
                             "mode\0"
                             "555";
  return make_filesystem("tmpfs", options, 6,
                         MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID
                             | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

} // namespace troupe::shim
