#include "node/sandbox/container_plan.hpp"

#include "node/sandbox/capabilities.hpp"
#include "node/sandbox/dev_files.hpp"
#include "node/sandbox/plan_writer.hpp"
#include "node/sys/mount_api.hpp"
#include "node/sys/os_error.hpp"
#include "node/sys/overlay.hpp"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace troupe::sandbox {

namespace {

using shim::op;

constexpr auto no_suid = std::uint64_t{MOUNT_ATTR_NOSUID};
constexpr auto no_dev = std::uint64_t{MOUNT_ATTR_NODEV};
constexpr auto no_exec = std::uint64_t{MOUNT_ATTR_NOEXEC};
constexpr auto read_only = std::uint64_t{MOUNT_ATTR_RDONLY};
constexpr std::uint16_t own_directory =
    shim::step_make_directory | shim::step_no_links;

constexpr auto cgroup_top = "/sys/fs/cgroup";

/// A plan in the making.
class builder {
public:
  builder(const plan_context& context, std::size_t first)
      : context_(context), first_(first) {}

  plan_writer& plan() { return plan_; }

  const plan_context& context() const { return context_; }

  /// The place that the descriptor will have in the packet.
  std::uint64_t give(unique_fd descriptor) {
    descriptors_.push_back(std::move(descriptor));
    return first_ + descriptors_.size() - 1;
  }

  status_result enter(const cgroup_spec& cgroup) {
    for (const auto& path : cgroup.procs_files) {
      unique_fd file{open(path.c_str(), O_WRONLY | O_CLOEXEC)};
      if (!file)
        return sys::os_error("open", path);
      plan_.add(op::enter_cgroup, {give(std::move(file))});
    }
    return unit{};
  }

  /// The steps that end every plan.
  void become(const security_spec& security, const std::string& cwd,
              std::uint16_t cwd_flags, const std::vector<std::string>& args,
              const std::vector<std::string>& env) {
    plan_.add(op::close_descriptors);
    plan_.add(op::working_directory, {}, {cwd}, cwd_flags);
    std::vector<std::uint64_t> ids{security.uid, security.gid};
    ids.insert(ids.end(), security.groups.begin(), security.groups.end());
    plan_.add(op::user, ids);
    const auto caps = context_.capabilities;
    auto effective = security.uid == 0 ? caps : 0;
    // Without no_new_privs only a capability lets a filter in. execve(2) takes
    // what is not in the bounding set, and from other users all.
    if (!security.no_new_privs && !context_.filter.empty())
      effective |= sys_admin_bit;
    plan_.add(op::capabilities, {caps, effective, 0});
    if (security.no_new_privs)
      plan_.add(op::no_new_privs);
    if (!context_.filter.empty())
      plan_.add(op::seccomp, context_.filter);
    auto strings = args;
    strings.insert(strings.end(), env.begin(), env.end());
    plan_.add(op::execute, {args.size()}, strings);
  }

  prepared_plan finish() && {
    return {std::move(plan_).finish(), std::move(descriptors_)};
  }

private:
  const plan_context& context_;
  std::size_t first_;
  plan_writer plan_;
  std::vector<unique_fd> descriptors_;
};

status_result make_directory(const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed)
    return error{sys::code_of(failed.value()),
                 "make the directory " + path + ": " + failed.message()};
  return unit{};
}

/// The writable directory is what the container sees of its root's owner and
/// mode: they are the image's.
status_result look_like(const std::string& path, const std::string& model) {
  struct stat wanted {};
  if (stat(model.c_str(), &wanted) == 0
      && chown(path.c_str(), wanted.st_uid, wanted.st_gid) == 0
      && chmod(path.c_str(), wanted.st_mode & 07777) == 0)
    return unit{};
  const int failed = errno;
  return error{sys::code_of(failed),
               "give " + path + " the mode of " + model + ": "
                   + std::generic_category().message(failed)};
}

result<unique_fd> make_root(const rootfs_spec& rootfs) {
  for (const auto* path : {&rootfs.upper, &rootfs.work})
    if (auto made = make_directory(*path); !made)
      return made.error();
  if (auto done = look_like(rootfs.upper, rootfs.layers.back()); !done)
    return done.error();
  return sys::make_overlay({{rootfs.layers.rbegin(), rootfs.layers.rend()},
                            rootfs.upper,
                            rootfs.work});
}

result<unique_fd> make_bind(const mount_spec& mount, const bind_source& from) {
  auto made = from.descriptor
                  ? sys::clone_mount(from.descriptor.get(), "", from.recursive)
                  : sys::clone_mount(AT_FDCWD, from.path, from.recursive);
  if (!made)
    return made;
  std::uint64_t propagation = MS_PRIVATE;
  if (mount.propagates == propagation::host_to_container)
    propagation = MS_SLAVE;
  if (mount.propagates == propagation::bidirectional)
    propagation = MS_SHARED;
  const auto attributes =
      (mount.read_only ? read_only : 0) | (mount.no_exec ? no_exec : 0);
  auto changed = sys::change_mount(*made, {attributes, propagation, false});
  // Mounts below follow with their propagation, and only if asked to in
  // being read only.
  if (changed && from.recursive)
    changed = sys::change_mount(
        *made, {mount.recursive_read_only ? read_only : 0, propagation, true});
  if (!changed)
    return changed.error();
  return made;
}

result<unique_fd> make_tmpfs(const mount_spec& mount,
                             const tmpfs_source& from) {
  char mode[8];
  std::snprintf(mode, sizeof(mode), "%o", from.mode & 07777U);
  std::vector<sys::mount_option> options{{"source", "tmpfs"}, {"mode", mode}};
  if (from.size)
    options.emplace_back("size", std::to_string(*from.size));
  return sys::make_mount("tmpfs", options,
                         no_suid | no_dev | (mount.read_only ? read_only : 0)
                             | (mount.no_exec ? no_exec : 0));
}

bool is_directory(const unique_fd& mount) {
  struct stat about = {};
  return fstat(mount.get(), &about) == 0 && S_ISDIR(about.st_mode);
}

status_result add_mount(builder& to, const mount_spec& mount) {
  const auto* bind = std::get_if<bind_source>(&mount.source);
  auto made = bind != nullptr
                  ? make_bind(mount, *bind)
                  : make_tmpfs(mount, std::get<tmpfs_source>(mount.source));
  if (!made)
    return error{made.error().code,
                 "mount " + mount.destination + ": " + made.error().message};
  const auto flags =
      is_directory(*made) ? shim::step_make_directory : shim::step_make_file;
  const auto place = to.give(std::move(*made));
  to.plan().add(op::mount_descriptor, {place}, {mount.destination}, flags);
  return unit{};
}

void add_filesystem(builder& to, std::uint64_t attributes,
                    const std::string& type, const std::string& destination,
                    const std::vector<sys::mount_option>& options = {},
                    std::uint16_t flags = own_directory) {
  std::vector<std::string> strings{type, destination, "source", type};
  for (const auto& [key, value] : options) {
    strings.push_back(key);
    strings.push_back(value);
  }
  to.plan().add(op::mount_filesystem, {attributes}, strings, flags);
}

/// Whether the hierarchies lie in a directory, not one of them on it.
bool has_cgroup_tree(const plan_context& context) {
  const auto& views = context.cgroups;
  return !views.empty()
         && (views.size() != 1 || views.front().destination != cgroup_top);
}

void add_cgroups(builder& to, std::uint64_t attributes) {
  const auto& views = to.context().cgroups;
  if (has_cgroup_tree(to.context()))
    add_filesystem(to, no_suid | no_dev | no_exec, "tmpfs", cgroup_top,
                   {{"mode", "755"}, {"size", "64k"}}, shim::step_no_links);
  for (const auto& view : views) {
    std::vector<sys::mount_option> options;
    if (view.options.starts_with("name=")) {
      options = {{"none", ""}, {"name", view.options.substr(5)}};
    } else {
      for (std::size_t at = 0; at < view.options.size();) {
        const auto end =
            std::min(view.options.find(',', at), view.options.size());
        options.emplace_back(view.options.substr(at, end - at), "");
        at = end + 1;
      }
    }
    // A hierarchy that cannot be shown is no reason not to run.
    add_filesystem(to, attributes, view.type, view.destination, options,
                   own_directory | shim::step_optional);
  }
}

/// What every container finds mounted.
status_result add_system_mounts(builder& to, const container_spec& spec,
                                const unique_fd& devpts) {
  const auto safe = no_suid | no_dev | no_exec;
  const auto guarded = safe | (spec.security.privileged ? 0 : read_only);
  add_filesystem(to, safe, "proc", "/proc");
  auto dev = make_dev(spec);
  if (!dev)
    return dev.error();
  const auto place = to.give(std::move(*dev));
  to.plan().add(op::mount_descriptor, {place}, {"/dev"}, own_directory);
  unique_fd pts{fcntl(devpts.get(), F_DUPFD_CLOEXEC, 3)};
  if (!pts)
    return sys::os_error("keep", "a devpts");
  const auto pts_place = to.give(std::move(pts));
  to.plan().add(op::mount_descriptor, {pts_place}, {"/dev/pts"}, own_directory);
  mount_spec shm;
  shm.source = bind_source{to.context().shm, {}, false};
  shm.destination = "/dev/shm";
  if (auto added = add_mount(to, shm); !added)
    return added;
  add_filesystem(to, safe, "mqueue", "/dev/mqueue");
  add_filesystem(to, guarded, "sysfs", "/sys");
  add_cgroups(to, guarded);
  return unit{};
}

void add_protection(builder& to, const container_spec& spec) {
  if (!spec.security.privileged && has_cgroup_tree(to.context()))
    to.plan().add(op::remount_read_only, {}, {cgroup_top});
  if (spec.security.privileged)
    return;
  for (const auto& path : spec.security.masked_paths)
    to.plan().add(op::mask, {}, {path}, shim::step_optional);
  for (const auto& path : spec.security.read_only_paths)
    to.plan().add(op::read_only, {}, {path}, shim::step_optional);
}

void add_limits(builder& to, const container_spec& spec) {
  to.plan().add(op::oom_score_adj,
                {static_cast<std::uint64_t>(
                    static_cast<std::int64_t>(spec.oom_score_adj))});
  for (const auto& limit : spec.rlimits)
    to.plan().add(op::rlimit, {static_cast<std::uint64_t>(limit.resource),
                               limit.soft, limit.hard});
}

} // namespace

result<prepared_plan> prepare_container(container_spec& spec,
                                        const plan_context& context,
                                        const unique_fd& devpts,
                                        std::size_t first) {
  builder to{context, first};
  if (auto entered = to.enter(spec.cgroup); !entered)
    return entered.error();
  add_limits(to, spec);
  auto root = make_root(spec.rootfs);
  if (!root)
    return root.error();
  to.plan().add(op::unshare, {CLONE_NEWNS | CLONE_NEWCGROUP});
  const auto place = to.give(std::move(*root));
  to.plan().add(op::mount_root, {place});
  if (auto added = add_system_mounts(to, spec, devpts); !added)
    return added.error();
  for (const auto& mount : spec.mounts)
    if (auto added = add_mount(to, mount); !added)
      return added.error();
  to.plan().add(op::enter_root);
  if (spec.tty) // the first terminal of a new devpts
    to.plan().add(op::bind, {}, {"/dev/pts/0", "/dev/console"});
  add_protection(to, spec);
  if (spec.rootfs.read_only)
    to.plan().add(op::remount_read_only, {}, {"/"});
  to.become(spec.security, spec.cwd, shim::step_make_directory, spec.args,
            spec.env);
  return std::move(to).finish();
}

result<prepared_plan> prepare_exec(const exec_spec& spec,
                                   const plan_context& context,
                                   std::size_t first) {
  builder to{context, first};
  if (auto entered = to.enter(spec.cgroup); !entered)
    return entered.error();
  to.plan().add(op::oom_score_adj,
                {static_cast<std::uint64_t>(
                    static_cast<std::int64_t>(spec.oom_score_adj))});
  to.plan().add(op::join);
  to.become(spec.security, spec.cwd, 0, spec.args, spec.env);
  return std::move(to).finish();
}

} // namespace troupe::sandbox
