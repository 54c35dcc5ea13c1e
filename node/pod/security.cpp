#include "node/pod/security.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace troupe::pod {

namespace {

using view::core_v1::container;

/// Every capability, in the kernel's order.
constexpr std::array all_capabilities{"CAP_CHOWN",
                                      "CAP_DAC_OVERRIDE",
                                      "CAP_DAC_READ_SEARCH",
                                      "CAP_FOWNER",
                                      "CAP_FSETID",
                                      "CAP_KILL",
                                      "CAP_SETGID",
                                      "CAP_SETUID",
                                      "CAP_SETPCAP",
                                      "CAP_LINUX_IMMUTABLE",
                                      "CAP_NET_BIND_SERVICE",
                                      "CAP_NET_BROADCAST",
                                      "CAP_NET_ADMIN",
                                      "CAP_NET_RAW",
                                      "CAP_IPC_LOCK",
                                      "CAP_IPC_OWNER",
                                      "CAP_SYS_MODULE",
                                      "CAP_SYS_RAWIO",
                                      "CAP_SYS_CHROOT",
                                      "CAP_SYS_PTRACE",
                                      "CAP_SYS_PACCT",
                                      "CAP_SYS_ADMIN",
                                      "CAP_SYS_BOOT",
                                      "CAP_SYS_NICE",
                                      "CAP_SYS_RESOURCE",
                                      "CAP_SYS_TIME",
                                      "CAP_SYS_TTY_CONFIG",
                                      "CAP_MKNOD",
                                      "CAP_LEASE",
                                      "CAP_AUDIT_WRITE",
                                      "CAP_AUDIT_CONTROL",
                                      "CAP_SETFCAP",
                                      "CAP_MAC_OVERRIDE",
                                      "CAP_MAC_ADMIN",
                                      "CAP_SYSLOG",
                                      "CAP_WAKE_ALARM",
                                      "CAP_BLOCK_SUSPEND",
                                      "CAP_AUDIT_READ",
                                      "CAP_PERFMON",
                                      "CAP_BPF",
                                      "CAP_CHECKPOINT_RESTORE"};

/// What a container has without saying anything, as in other runtimes.
constexpr std::array default_capabilities{
    "CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FSETID",           "CAP_FOWNER",
    "CAP_MKNOD",   "CAP_NET_RAW",      "CAP_SETGID",           "CAP_SETUID",
    "CAP_SETFCAP", "CAP_SETPCAP",      "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
    "CAP_KILL",    "CAP_AUDIT_WRITE"};

constexpr std::array masked_paths{
    "/proc/asound",     "/proc/acpi",        "/proc/interrupts",
    "/proc/kcore",      "/proc/keys",        "/proc/latency_stats",
    "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
    "/proc/scsi",       "/sys/firmware",     "/sys/devices/virtual/powercap"};

constexpr std::array read_only_paths{"/proc/bus", "/proc/fs", "/proc/irq",
                                     "/proc/sys", "/proc/sysrq-trigger"};

using names = view::list<std::string_view>;

bool has_all(const names& list) {
  return std::any_of(list.begin(), list.end(),
                     [](std::string_view each) { return each == "ALL"; });
}

std::string capability(std::string_view name) {
  std::string out{name};
  for (auto& c : out)
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
  return out.starts_with("CAP_") ? out : "CAP_" + out;
}

std::vector<std::string> make_capabilities(const container& of) {
  const auto security = of.security_context();
  const auto added = security.capabilities().add();
  const auto dropped = security.capabilities().drop();
  std::set<std::string> out{default_capabilities.begin(),
                            default_capabilities.end()};
  if (security.privileged() || has_all(added))
    out.insert(all_capabilities.begin(), all_capabilities.end());
  if (!security.privileged()) {
    if (has_all(dropped))
      out.clear();
    for (auto each : added)
      if (each != "ALL")
        out.insert(capability(each));
    for (auto each : dropped)
      out.erase(capability(each));
  }
  return {out.begin(), out.end()};
}

void set_seccomp(container_launch& to, const view::core_v1::pod& pod,
                 const container& of) {
  const auto own = of.security_context().seccomp_profile();
  const auto profile =
      own ? own : pod.spec().security_context().seccomp_profile();
  if (of.security_context().privileged() || profile.type() == "Unconfined")
    return;
  if (profile.type() == "RuntimeDefault")
    to.seccomp = seccomp_kind::runtime_default;
  if (profile.type() == "Localhost") {
    to.seccomp = seccomp_kind::localhost;
    to.seccomp_profile = profile.localhost_profile();
  }
}

std::optional<std::int64_t> read_id(std::string_view text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, value);
  if (text.empty() || problem != std::errc{} || at != end || value < 0)
    return std::nullopt;
  return value;
}

/// The image's USER: ids where they are numbers, else the text as it is.
void set_image_user(container_user& to, const std::string& user) {
  if (user.empty()) {
    to.uid = 0;
    return;
  }
  const auto colon = std::min(user.find(':'), user.size());
  const auto uid = read_id(std::string_view{user}.substr(0, colon));
  const auto group = colon == user.size()
                         ? std::string_view{}
                         : std::string_view{user}.substr(colon + 1);
  const auto gid = read_id(group);
  if (!uid || (!group.empty() && !gid)) {
    to.name = user;
    return;
  }
  to.uid = uid;
  to.gid = gid;
}

error not_allowed(std::string text, const view::core_v1::pod& pod,
                  const container& of) {
  return {errc::permission_denied,
          std::move(text) + " (pod: \"" + label(pod)
              + "\", container: " + std::string{of.name()} + ")"};
}

status_result check_not_root(const view::core_v1::pod& pod, const container& of,
                             const container_user& user, bool is_chosen) {
  if (user.uid && *user.uid == 0)
    return not_allowed(is_chosen
                           ? "container's runAsUser breaks non-root policy"
                           : "container has runAsNonRoot and image will run as "
                             "root",
                       pod, of);
  if (!user.uid)
    return not_allowed("container has runAsNonRoot and image has non-numeric "
                       "user ("
                           + user.name.substr(0, user.name.find(':'))
                           + "), cannot verify user is non-root",
                       pod, of);
  return unit{};
}

} // namespace

result<container_user> make_user(const view::core_v1::pod& pod,
                                 const container& of,
                                 const image_defaults& image) {
  const auto own = of.security_context();
  const auto shared = pod.spec().security_context();
  container_user out;
  const auto is_chosen = own.has_run_as_user() || shared.has_run_as_user();
  if (is_chosen)
    out.uid = own.has_run_as_user() ? own.run_as_user() : shared.run_as_user();
  else
    set_image_user(out, image.user);
  if (own.has_run_as_group())
    out.gid = own.run_as_group();
  else if (shared.has_run_as_group())
    out.gid = shared.run_as_group();
  out.must_not_be_root = own.has_run_as_non_root() ? own.run_as_non_root()
                                                   : shared.run_as_non_root();
  if (out.must_not_be_root)
    if (auto done = check_not_root(pod, of, out, is_chosen); !done)
      return done.error();
  std::set<std::int64_t> groups;
  for (auto each : shared.supplemental_groups())
    groups.insert(each);
  if (shared.has_fs_group())
    groups.insert(shared.fs_group());
  out.supplemental_groups.assign(groups.begin(), groups.end());
  out.merge_image_groups = shared.supplemental_groups_policy() != "Strict";
  return out;
}

void set_privileges(container_launch& to, const view::core_v1::pod& pod,
                    const container& of) {
  const auto security = of.security_context();
  to.capabilities = make_capabilities(of);
  to.privileged = security.privileged();
  to.read_only_root = security.read_only_root_filesystem();
  to.no_new_privileges = security.has_allow_privilege_escalation()
                         && !security.allow_privilege_escalation();
  set_seccomp(to, pod, of);
  if (to.privileged || security.proc_mount() == "Unmasked")
    return;
  to.masked_paths.assign(masked_paths.begin(), masked_paths.end());
  to.read_only_paths.assign(read_only_paths.begin(), read_only_paths.end());
}

} // namespace troupe::pod
