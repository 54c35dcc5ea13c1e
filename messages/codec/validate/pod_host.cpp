#include "messages/codec/validate/pod_checks.hpp"

namespace troupe::codec {

namespace {

constexpr std::size_t host_name_length_max = 64;

constexpr const char* not_apart = "when `hostUsers` is false";
constexpr const char* not_windows = "cannot be set for a windows pod";

void check_host_users(core::pod_spec spec, const spot& here) {
  if (!spec.has_host_users() || spec.host_users())
    return;
  const auto refuse = [&](bool shared, std::string_view name) {
    if (shared)
      here.child(name).forbidden(not_apart);
  };
  refuse(spec.host_network(), "hostNetwork");
  refuse(spec.host_pid(), "HostPID");
  refuse(spec.host_ipc(), "HostIPC");
  each_container(spec, here, [](core::container one, const spot& at) {
    if (!one.volume_devices().empty())
      at.child("volumeDevices").forbidden(not_apart);
  });
}

void check_host_name(core::pod_spec spec, const spot& here) {
  if (!spec.has_hostname_override())
    return;
  const auto name = spec.hostname_override();
  const auto at = here.child("hostnameOverride");
  if (spec.set_hostname_as_fqdn())
    at.forbidden("may not be specified when setHostnameAsFQDN is true");
  if (spec.host_network())
    at.forbidden("may not be specified when hostNetwork is true");
  if (name.size() > host_name_length_max)
    at.too_long(host_name_length_max);
  at.complain(name, meta::check_dns1123_subdomain(name));
}

/// Says what of `fields` is set and may not be.
void refuse_set(std::initializer_list<std::pair<bool, std::string_view>> fields,
                const char* why, const spot& here) {
  for (auto [set, name] : fields)
    if (set)
      here.child(name).forbidden(why);
}

void check_linux(core::pod_spec spec, const spot& here) {
  constexpr const char* why = "windows options cannot be set for a linux pod";
  refuse_set({{spec.security_context().has_windows_options(),
               "securityContext.windowsOptions"}},
             why, here);
  each_container(spec, here, [](core::container one, const spot& at) {
    refuse_set({{one.security_context().has_windows_options(),
                 "securityContext.windowsOptions"}},
               why, at);
  });
}

void check_windows_container(core::container container, const spot& here) {
  const auto context = container.security_context();
  refuse_set(
      {{context.has_app_armor_profile(), "appArmorProfile"},
       {context.has_se_linux_options(), "seLinuxOptions"},
       {context.has_seccomp_profile(), "seccompProfile"},
       {context.has_capabilities(), "capabilities"},
       {context.has_read_only_root_filesystem(), "readOnlyRootFilesystem"},
       {context.has_privileged(), "privileged"},
       {context.has_allow_privilege_escalation(), "allowPrivilegeEscalation"},
       {context.has_proc_mount(), "procMount"},
       {context.has_run_as_user(), "runAsUser"},
       {context.has_run_as_group(), "runAsGroup"}},
      not_windows, here.child("securityContext"));
}

void check_windows(core::pod_spec spec, const spot& here) {
  const auto context = spec.security_context();
  refuse_set(
      {{context.has_app_armor_profile(), "securityContext.appArmorProfile"},
       {context.has_se_linux_options(), "securityContext.seLinuxOptions"},
       {spec.has_host_users(), "hostUsers"},
       {spec.host_pid(), "hostPID"},
       {spec.host_ipc(), "hostIPC"},
       {context.has_seccomp_profile(), "securityContext.seccompProfile"},
       {context.has_fs_group(), "securityContext.fsGroup"},
       {context.has_fs_group_change_policy(),
        "securityContext.fsGroupChangePolicy"},
       {!context.sysctls().empty(), "securityContext.sysctls"},
       {spec.has_share_process_namespace(), "shareProcessNamespace"},
       {context.has_run_as_user(), "securityContext.runAsUser"},
       {context.has_run_as_group(), "securityContext.runAsGroup"},
       {!context.supplemental_groups().empty(),
        "securityContext.supplementalGroups"},
       {context.has_supplemental_groups_policy(),
        "securityContext.supplementalGroupsPolicy"},
       {context.has_se_linux_change_policy(),
        "securityContext.seLinuxChangePolicy"}},
      not_windows, here);
  each_container(spec, here, check_windows_container);
}

} // namespace

void check_host(core::pod_spec spec, const spot& here) {
  check_host_users(spec, here);
  check_host_name(spec, here);
}

void check_os(core::pod_spec spec, const spot& here) {
  if (!spec.has_os())
    return;
  const auto name = spec.os().name();
  if (name.empty())
    here.child("os.name").required();
  else if (name == "linux")
    check_linux(spec, here);
  else if (name == "windows")
    check_windows(spec, here);
  else
    here.child("os").not_supported(name, {"linux", "windows"});
}

} // namespace troupe::codec
