#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/texts.hpp"

namespace troupe::codec {

namespace {

/// Names and paths that mounts or devices of a container take.
struct taken {
  std::set<std::string_view> names;
  std::set<std::string_view> paths;
};

taken taken_by(view::list<core::volume_mount> mounts) {
  taken out;
  for (auto one : mounts) {
    out.names.insert(one.name());
    out.paths.insert(one.mount_path());
  }
  return out;
}

taken taken_by(view::list<core::volume_device> devices) {
  taken out;
  for (auto one : devices) {
    out.names.insert(one.name());
    out.paths.insert(one.device_path());
  }
  return out;
}

// Upstream blames the list of mounts for a bad path below the volume, for the
// propagation and for recursiveReadOnly, not the single mount.

void check_sub_paths(core::volume_mount mount, const spot& list,
                     const spot& here) {
  const auto path = mount.sub_path();
  const auto expression = mount.sub_path_expr();
  if (!path.empty())
    check_descending_path(path, list.child("subPath"));
  if (expression.empty())
    return;
  if (!path.empty())
    here.child("subPathExpr")
        .invalid(expression, "subPathExpr and subPath are mutually exclusive");
  check_descending_path(expression, list.child("subPathExpr"));
}

void check_propagation(core::volume_mount mount, core::container container,
                       const spot& here) {
  const auto mode = mount.mount_propagation();
  here.one_of(mode, {"Bidirectional", "HostToContainer", "None"});
  if (mode == "Bidirectional" && !container.security_context().privileged())
    here.forbidden("Bidirectional mount propagation is available only to "
                   "privileged containers");
}

void check_recursive_read_only(core::volume_mount mount, const spot& here) {
  const auto mode = mount.recursive_read_only();
  if (mode == "Disabled")
    return;
  if (mode != "Enabled" && mode != "IfPossible")
    return here.not_supported(mode, {"Disabled", "Enabled", "IfPossible"});
  if (!mount.read_only())
    here.forbidden("may only be specified when readOnly is true");
  if (mount.has_mount_propagation() && mount.mount_propagation() != "None")
    here.forbidden("may only be specified when mountPropagation is None or "
                   "not specified");
}

} // namespace

void check_mounts(core::container container, const pod_context& pod,
                  const spot& here) {
  const auto devices = taken_by(container.volume_devices());
  std::set<std::string_view> paths;
  each_item(
      here, container.volume_mounts(),
      [&](core::volume_mount mount, const spot& at) {
        const auto name = at.child("name");
        const auto path = at.child("mountPath");
        name.need(mount.name());
        if (!pod.volumes.contains(mount.name()))
          name.not_found(mount.name());
        path.need(mount.mount_path());
        if (!paths.insert(mount.mount_path()).second)
          path.invalid(mount.mount_path(), "must be unique");
        if (devices.names.contains(mount.name()))
          name.invalid(mount.name(), "must not already exist in volumeDevices");
        if (devices.paths.contains(mount.mount_path()))
          path.invalid(mount.mount_path(),
                       "must not already exist as a path in "
                       "volumeDevices");
        check_sub_paths(mount, here, at);
        if (mount.has_mount_propagation())
          check_propagation(mount, container, here.child("mountPropagation"));
        if (mount.has_recursive_read_only())
          check_recursive_read_only(mount, here.child("recursiveReadOnly"));
      });
}

void check_devices(core::container container, const pod_context& pod,
                   const spot& here) {
  const auto mounts = taken_by(container.volume_mounts());
  taken before;
  each_item(
      here, container.volume_devices(),
      [&](core::volume_device device, const spot& at) {
        const auto name = at.child("name");
        const auto path = at.child("devicePath");
        name.need(device.name());
        if (!device.name().empty()
            && !before.names.insert(device.name()).second)
          name.invalid(device.name(), "must be unique");
        const auto volume = pod.volumes.find(device.name());
        if (volume == pod.volumes.end())
          name.not_found(device.name());
        else if (!volume->second.has_persistent_volume_claim()
                 && !volume->second.has_ephemeral())
          name.invalid(device.name(),
                       "can only use volume source type of "
                       "PersistentVolumeClaim or Ephemeral for block mode");
        path.need(device.device_path());
        if (before.paths.contains(device.device_path()))
          path.invalid(device.device_path(), "must be unique");
        if (has_backstep(device.device_path()))
          path.invalid(device.device_path(),
                       "can not contain backsteps ('..')");
        else
          before.paths.insert(device.device_path());
        if (mounts.names.contains(device.name()))
          name.invalid(device.name(), "must not already exist in volumeMounts");
        if (mounts.paths.contains(device.device_path()))
          path.invalid(device.device_path(),
                       "must not already exist as a path in volumeMounts");
      });
}

} // namespace troupe::codec
