#include "messages/codec/validate/internal_json.hpp"
#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/texts.hpp"
#include "messages/schema/registry.hpp"

#include <algorithm>
#include <limits>

namespace troupe::codec {

namespace {

constexpr std::int64_t id_max = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t sysctl_length_max = 253;
constexpr std::size_t profile_length_max = 4095;

void check_id(bool present, std::int64_t id, const spot& here) {
  if (present)
    here.between(id, 0, id_max);
}

/// The whole of it, where upstream blames the whole.
std::string shown(const node& value, const std::string& type) {
  return internal_json(value, *schema::find_type("io.k8s.api.core.v1." + type));
}

void check_seccomp(core::seccomp_profile profile, const spot& here) {
  if (!profile)
    return;
  const auto type = here.child("type");
  if (profile.type().empty())
    type.required("type is required when seccompProfile is set");
  else
    type.one_of(profile.type(), {"Localhost", "RuntimeDefault", "Unconfined"});
  const auto local = here.child("localhostProfile");
  if (profile.type() != "Localhost") {
    if (profile.has_localhost_profile())
      local.invalid_json(shown(*profile.raw(), "SeccompProfile"),
                         "can only be set when seccomp type is Localhost");
  } else if (!profile.has_localhost_profile()) {
    local.required("must be set when seccomp type is Localhost");
  } else {
    check_descending_path(profile.localhost_profile(), local);
  }
}

void check_local_app_armor(core::app_armor_profile profile, const spot& here) {
  const auto name = profile.localhost_profile();
  const auto is_space = [](char c) { return c == ' ' || (c >= 9 && c <= 13); };
  if (name.empty())
    here.required("must be set when AppArmor type is Localhost");
  else if (is_space(name.front()) || is_space(name.back()))
    here.invalid(name, "must not be padded with whitespace");
  if (name.size() > profile_length_max)
    here.too_long(profile_length_max);
}

void check_app_armor(core::app_armor_profile profile, const spot& here) {
  if (!profile)
    return;
  const auto local = here.child("localhostProfile");
  if (profile.type() == "Localhost")
    check_local_app_armor(profile, local);
  else if (profile.type().empty())
    here.child("type").required("type is required when appArmorProfile is set");
  else if (profile.type() != "RuntimeDefault" && profile.type() != "Unconfined")
    here.child("type").not_supported(
        profile.type(), {"Localhost", "RuntimeDefault", "Unconfined"});
  else if (profile.has_localhost_profile())
    local.invalid(profile.localhost_profile(),
                  "can only be set when AppArmor type is Localhost");
}

/// Segments of letters, digits, '-' and '_', joined by dots or slashes.
bool is_sysctl(std::string_view name) {
  const auto is_inner = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  bool at_edge = true;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool separates = c == '.' || c == '/';
    const bool ends =
        i + 1 == name.size() || name[i + 1] == '.' || name[i + 1] == '/';
    if (separates ? at_edge
                  : !is_inner(c) && (at_edge || ends || (c != '-' && c != '_')))
      return false;
    at_edge = separates;
  }
  return !name.empty() && !at_edge && name.size() <= sysctl_length_max;
}

bool is_ipc_sysctl(std::string_view name) {
  constexpr std::string_view ipc[] = {"kernel.shm_rmid_forced", "kernel.sem"};
  return name.starts_with("kernel.shm") || name.starts_with("kernel.msg")
         || name.starts_with("fs.mqueue.")
         || std::ranges::find(ipc, name) != std::end(ipc);
}

void check_sysctls(core::pod_spec spec, const spot& here) {
  std::set<std::string_view> names;
  each_item(
      here, spec.security_context().sysctls(),
      [&](core::sysctl sysctl, const spot& at) {
        const auto name = sysctl.name();
        const auto where = at.child("name");
        if (name.empty())
          where.required();
        else if (!is_sysctl(name))
          where.invalid(name,
                        "must have at most 253 characters and match regex "
                        "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]"
                        "([-_a-z0-9]*[a-z0-9])?$");
        else if (!names.insert(name).second)
          where.duplicate(name);
        if (spec.host_network() && name.starts_with("net."))
          where.invalid(name, "may not be specified when 'hostNetwork' is "
                              "true");
        if (spec.host_ipc() && is_ipc_sysctl(name))
          where.invalid(name, "may not be specified when 'hostIPC' is true");
      });
}

void check_policies(core::pod_security_context context, const spot& here) {
  if (context.has_fs_group_change_policy())
    here.child("fsGroupChangePolicy")
        .one_of(context.fs_group_change_policy(), {"Always", "OnRootMismatch"});
  check_seccomp(context.seccomp_profile(), here.child("seccompProfile"));
  check_app_armor(context.app_armor_profile(), here.child("appArmorProfile"));
  if (context.has_supplemental_groups_policy())
    here.child("supplementalGroupsPolicy")
        .one_of(context.supplemental_groups_policy(), {"Merge", "Strict"});
  if (context.has_se_linux_change_policy())
    here.child("seLinuxChangePolicy")
        .one_of(context.se_linux_change_policy(), {"MountOption", "Recursive"});
}

/// Privileges that no process may be denied to gain. Upstream blames the whole
/// context.
void check_escalation(core::security_context context, const spot& here) {
  if (!context.has_allow_privilege_escalation()
      || context.allow_privilege_escalation())
    return;
  const auto refuse = [&](const char* why) {
    here.invalid_json(shown(*context.raw(), "SecurityContext"), why);
  };
  if (context.privileged())
    refuse("cannot set `allowPrivilegeEscalation` to false and `privileged` to "
           "true");
  for (auto capability : context.capabilities().add())
    if (capability == "CAP_SYS_ADMIN")
      refuse("cannot set `allowPrivilegeEscalation` to false and "
             "`capabilities.Add` CAP_SYS_ADMIN");
}

} // namespace

void check_pod_security(core::pod_spec spec, const spot& here) {
  const auto context = spec.security_context();
  check_id(context.has_fs_group(), context.fs_group(), here.child("fsGroup"));
  check_id(context.has_run_as_user(), context.run_as_user(),
           here.child("runAsUser"));
  check_id(context.has_run_as_group(), context.run_as_group(),
           here.child("runAsGroup"));
  each_item(
      here.child("supplementalGroups"), context.supplemental_groups(),
      [](std::int64_t group, const spot& at) { check_id(true, group, at); });
  if (spec.host_pid() && spec.share_process_namespace())
    here.child("shareProcessNamespace")
        .invalid_json("true", "ShareProcessNamespace and HostPID cannot both "
                              "be enabled");
  check_sysctls(spec, here.child("sysctls"));
  check_policies(context, here);
}

void check_security(core::security_context context, bool host_users,
                    const spot& here) {
  if (!context)
    return;
  check_id(context.has_run_as_user(), context.run_as_user(),
           here.child("runAsUser"));
  check_id(context.has_run_as_group(), context.run_as_group(),
           here.child("runAsGroup"));
  if (context.has_proc_mount()) {
    const auto at = here.child("procMount");
    at.one_of(context.proc_mount(), {"Default", "Unmasked"});
    if (host_users && context.proc_mount() == "Unmasked")
      at.invalid("Unmasked", "`hostUsers` must be false to use `Unmasked`");
  }
  check_seccomp(context.seccomp_profile(), here.child("seccompProfile"));
  check_escalation(context, here);
  check_app_armor(context.app_armor_profile(), here.child("appArmorProfile"));
}

} // namespace troupe::codec
