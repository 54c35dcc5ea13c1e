#include "node/volume/volumes.hpp"

#include "node/sys/file_tree.hpp"
#include "node/sys/memory_mount.hpp"
#include "node/sys/os_error.hpp"
#include "node/volume/atomic_writer.hpp"
#include "node/volume/file_set.hpp"
#include "node/volume/host_path.hpp"
#include "runtime/base/clock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

namespace troupe::volume {

namespace {

// Upstream's for an emptyDir and for what is built on one.
constexpr mode_t volume_mode = 0777;
constexpr mode_t memory_mode = 01777;
constexpr mode_t parent_mode = 0750;
constexpr mode_t set_group = 02000;
constexpr std::string_view unready_suffix = ".unready";

std::string volumes_directory(const std::string& pod_directory) {
  return pod_directory + "/volumes";
}

std::string kind_directory(const std::string& pod_directory,
                           std::string_view kind) {
  return volumes_directory(pod_directory) + "/kubernetes.io~"
         + std::string{kind};
}

constexpr std::string_view empty_dir_kind = "empty-dir";
constexpr std::string_view config_map_kind = "configmap";

status_result check_name(const std::string& name) {
  if (name.empty() || name == "." || name == ".."
      || name.find('/') != std::string::npos || name.ends_with(unready_suffix))
    return error{errc::invalid_argument,
                 "\"" + name + "\" is no name of a volume"};
  return unit{};
}

/// Held by whoever changes a pod's volumes.
result<unique_fd> lock(const std::string& directory) {
  unique_fd held{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!held)
    return sys::os_error("open", directory);
  while (::flock(held.get(), LOCK_EX) != 0)
    if (errno != EINTR)
      return sys::os_error("lock", directory);
  return held;
}

enum class absent : bool { is_made, is_an_error };

/// The directories that volumes live in.
class volume_maker {
public:
  volume_maker(const std::string& pod_directory, const std::string& name,
               const ownership& owner, absent what_is)
      : pod_directory_(pod_directory), name_(name), owner_(owner),
        absent_(what_is) {}

  result<std::string> operator()(const empty_dir& volume) const {
    if (volume.memory)
      return make_memory(empty_dir_kind, volume.size_limit);
    return make_directory(empty_dir_kind);
  }

  result<std::string> operator()(const host_path& volume) const {
    if (auto checked = check_host_path(volume); !checked)
      return checked.error();
    return volume.path;
  }

  result<std::string> operator()(const config_map_volume& volume) const {
    return fill(plan_files(volume, owner_),
                [&] { return make_directory(config_map_kind); });
  }

  result<std::string> operator()(const secret_volume& volume) const {
    return fill(plan_files(volume, owner_),
                [&] { return make_memory("secret", std::nullopt); });
  }

  result<std::string> operator()(const downward_volume& volume) const {
    return fill(plan_files(volume, owner_),
                [&] { return make_memory("downward-api", std::nullopt); });
  }

  result<std::string> operator()(const projected_volume& volume) const {
    return fill(plan_files(volume, owner_),
                [&] { return make_memory("projected", std::nullopt); });
  }

private:
  /// Nothing is made for a volume that lacks a source.
  template <class F>
  result<std::string> fill(const result<file_set>& files, F make) const {
    if (!files)
      return files.error();
    auto path = make();
    if (!path)
      return path;
    auto written = write_files(*path, *files, owner_.fs_group, wall_now());
    if (!written)
      return written.error();
    return path;
  }

  result<std::string> make_parent(std::string_view kind) const {
    auto parent = kind_directory(pod_directory_, kind);
    if (absent_ == absent::is_made)
      if (auto made = sys::make_directories(parent, parent_mode); !made)
        return made.error();
    return parent;
  }

  static error missing(const std::string& path) {
    return {errc::not_found, path + " is not there any more"};
  }

  mode_t with_group(mode_t mode) const {
    return owner_.fs_group ? mode | set_group : mode;
  }

  /// A directory appears under its name with its owner and mode, so that one
  /// that is there is ready and its content is the pod's.
  result<std::string> make_directory(std::string_view kind) const {
    const auto parent = make_parent(kind);
    if (!parent)
      return parent;
    const auto path = *parent + "/" + name_;
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0)
      return path;
    if (absent_ == absent::is_an_error)
      return missing(path);
    const auto unready = path + std::string{unready_suffix};
    if (auto made = sys::make_directories(unready, volume_mode); !made)
      return made.error();
    if (owner_.fs_group && ::chown(unready.c_str(), -1, *owner_.fs_group) != 0)
      return sys::os_error("chown", unready);
    if (::chmod(unready.c_str(), with_group(volume_mode)) != 0)
      return sys::os_error("chmod", unready);
    if (::rename(unready.c_str(), path.c_str()) != 0)
      return sys::os_error("rename", unready);
    return path;
  }

  result<std::string> make_memory(std::string_view kind,
                                  std::optional<std::uint64_t> size) const {
    const auto parent = make_parent(kind);
    if (!parent)
      return parent;
    const auto path = *parent + "/" + name_;
    if (absent_ == absent::is_made)
      if (auto made = sys::make_directories(path, volume_mode); !made)
        return made.error();
    const auto mounts = sys::mounts_below(path);
    if (!mounts)
      return mounts.error();
    if (!mounts->empty())
      return path;
    if (absent_ == absent::is_an_error)
      return missing(path);
    auto mounted =
        sys::mount_memory(path, {.size = size,
                                 .mode = with_group(memory_mode),
                                 .group = owner_.fs_group.value_or(0)});
    if (!mounted)
      return mounted.error();
    return path;
  }

  const std::string& pod_directory_;
  const std::string& name_;
  const ownership& owner_;
  const absent absent_;
};

} // namespace

bool is_read_only(const volume_plan& plan) {
  return !std::holds_alternative<empty_dir>(plan.source)
         && !std::holds_alternative<host_path>(plan.source);
}

result<std::string> prepare(const std::string& pod_directory,
                            const volume_plan& plan, const ownership& owner) {
  if (auto valid = check_name(plan.name); !valid)
    return valid.error();
  const volume_maker make{pod_directory, plan.name, owner, absent::is_made};
  if (const auto* host = std::get_if<host_path>(&plan.source))
    return make(*host);
  const auto directory = volumes_directory(pod_directory);
  if (auto made = sys::make_directories(directory, parent_mode); !made)
    return made.error();
  const auto held = lock(directory);
  if (!held)
    return held.error();
  return std::visit(make, plan.source);
}

status_result refresh(const std::string& pod_directory, const volume_plan& plan,
                      const ownership& owner) {
  const auto held = lock(volumes_directory(pod_directory));
  if (!held)
    return held.error();
  auto done = std::visit(
      volume_maker{pod_directory, plan.name, owner, absent::is_an_error},
      plan.source);
  if (!done)
    return done.error();
  return unit{};
}

std::string empty_dir_path(const std::string& pod_directory,
                           const std::string& name) {
  return kind_directory(pod_directory, empty_dir_kind) + "/" + name;
}

std::string config_map_path(const std::string& pod_directory,
                            const std::string& name) {
  return kind_directory(pod_directory, config_map_kind) + "/" + name;
}

status_result remove_volumes(const std::string& pod_directory) {
  const auto directory = volumes_directory(pod_directory);
  const auto held = lock(directory);
  if (!held && held.error().code == errc::not_found)
    return unit{};
  if (!held)
    return held.error();
  if (auto unmounted = sys::unmount_below(directory); !unmounted)
    return unmounted;
  const auto left = sys::mounts_below(directory);
  if (!left)
    return left.error();
  if (!left->empty())
    return error{errc::conflict, "delete " + directory + ": " + left->front()
                                     + " is still mounted"};
  return sys::delete_tree(directory);
}

} // namespace troupe::volume
