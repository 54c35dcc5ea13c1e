#include "node/sys/mount_api.hpp"

#include "node/sys/os_error.hpp"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>

#include <cerrno>

namespace troupe::sys {

namespace {

constexpr unsigned at_recursive = 0x8000;

int configure(const unique_fd& context, unsigned command, const char* key,
              const char* value) {
  return static_cast<int>(
      syscall(SYS_fsconfig, context.get(), command, key, value, 0));
}

} // namespace

bool set_option(const unique_fd& context, const mount_option& option) {
  const auto& [key, value] = option;
  if (value.empty())
    return configure(context, FSCONFIG_SET_FLAG, key.c_str(), nullptr) == 0;
  return configure(context, FSCONFIG_SET_STRING, key.c_str(), value.c_str())
         == 0;
}

result<unique_fd> open_context(const std::string& type) {
  unique_fd context{
      static_cast<int>(syscall(SYS_fsopen, type.c_str(), FSOPEN_CLOEXEC))};
  if (!context)
    return os_error("open a file system of type", type);
  return context;
}

result<unique_fd> finish_mount(const unique_fd& context,
                               const std::string& type,
                               std::uint64_t attributes) {
  if (configure(context, FSCONFIG_CMD_CREATE, nullptr, nullptr) != 0)
    return os_error("make a file system of type", type);
  unique_fd mount{static_cast<int>(
      syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, attributes))};
  if (!mount)
    return os_error("mount a file system of type", type);
  return mount;
}

result<unique_fd> make_mount(const std::string& type,
                             const std::vector<mount_option>& options,
                             std::uint64_t attributes) {
  auto context = open_context(type);
  if (!context)
    return context.error();
  for (const auto& option : options)
    if (!set_option(*context, option))
      return os_error("set a mount option", option.first);
  return finish_mount(*context, type, attributes);
}

result<unique_fd> clone_mount(int directory, const std::string& path,
                              bool recursive) {
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
  if (path.empty())
    flags |= AT_EMPTY_PATH;
  if (recursive)
    flags |= at_recursive;
  unique_fd mount{
      static_cast<int>(syscall(SYS_open_tree, directory, path.c_str(), flags))};
  if (!mount)
    return os_error("bind", path.empty() ? "a descriptor" : path);
  return mount;
}

status_result change_mount(const unique_fd& mount, const mount_change& change) {
  mount_attr wanted = {};
  wanted.attr_set = change.set;
  wanted.propagation = change.propagation;
  const auto flags = static_cast<unsigned>(AT_EMPTY_PATH)
                     | (change.recursive ? at_recursive : 0U);
  if (syscall(SYS_mount_setattr, mount.get(), "", flags, &wanted,
              sizeof(wanted))
      != 0)
    return os_error("change", "a mount");
  return unit{};
}

} // namespace troupe::sys
