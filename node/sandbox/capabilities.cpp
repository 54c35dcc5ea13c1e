#include "node/sandbox/capabilities.hpp"

#include <algorithm>
#include <array>

namespace troupe::sandbox {

namespace {

/// In the order of their numbers.
constexpr std::array<std::string_view, 41> names = {"CHOWN",
                                                    "DAC_OVERRIDE",
                                                    "DAC_READ_SEARCH",
                                                    "FOWNER",
                                                    "FSETID",
                                                    "KILL",
                                                    "SETGID",
                                                    "SETUID",
                                                    "SETPCAP",
                                                    "LINUX_IMMUTABLE",
                                                    "NET_BIND_SERVICE",
                                                    "NET_BROADCAST",
                                                    "NET_ADMIN",
                                                    "NET_RAW",
                                                    "IPC_LOCK",
                                                    "IPC_OWNER",
                                                    "SYS_MODULE",
                                                    "SYS_RAWIO",
                                                    "SYS_CHROOT",
                                                    "SYS_PTRACE",
                                                    "SYS_PACCT",
                                                    "SYS_ADMIN",
                                                    "SYS_BOOT",
                                                    "SYS_NICE",
                                                    "SYS_RESOURCE",
                                                    "SYS_TIME",
                                                    "SYS_TTY_CONFIG",
                                                    "MKNOD",
                                                    "LEASE",
                                                    "AUDIT_WRITE",
                                                    "AUDIT_CONTROL",
                                                    "SETFCAP",
                                                    "MAC_OVERRIDE",
                                                    "MAC_ADMIN",
                                                    "SYSLOG",
                                                    "WAKE_ALARM",
                                                    "BLOCK_SUSPEND",
                                                    "AUDIT_READ",
                                                    "PERFMON",
                                                    "BPF",
                                                    "CHECKPOINT_RESTORE"};

/// containerd's default set.
constexpr std::array<std::string_view, 14> usual = {
    "CHOWN",   "DAC_OVERRIDE", "FSETID",           "FOWNER",
    "MKNOD",   "NET_RAW",      "SETGID",           "SETUID",
    "SETFCAP", "SETPCAP",      "NET_BIND_SERVICE", "SYS_CHROOT",
    "KILL",    "AUDIT_WRITE"};

constexpr std::uint64_t all_bits = (std::uint64_t{1} << names.size()) - 1;

/// The bits of all names but ALL, which goes into `all`.
result<std::uint64_t> bits_of(const std::vector<std::string>& list, bool& all) {
  std::uint64_t bits = 0;
  for (const auto& name : list) {
    if (name == "ALL" || name == "CAP_ALL") {
      all = true;
      continue;
    }
    const auto bit = capability_bit(name);
    if (!bit)
      return error{errc::invalid_argument,
                   "unknown capability \"" + name + "\""};
    bits |= *bit;
  }
  return bits;
}

} // namespace

std::optional<std::uint64_t> capability_bit(std::string_view name) {
  if (name.starts_with("CAP_"))
    name.remove_prefix(4);
  const auto* found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    return std::nullopt;
  return std::uint64_t{1} << (found - names.begin());
}

result<std::uint64_t> capability_mask(const security_spec& spec) {
  if (spec.privileged)
    return all_bits;
  bool add_all = false;
  bool drop_all = false;
  const auto added = bits_of(spec.capabilities.add, add_all);
  if (!added)
    return added.error();
  const auto dropped = bits_of(spec.capabilities.drop, drop_all);
  if (!dropped)
    return dropped.error();
  std::uint64_t mask = 0;
  for (const auto name : usual)
    mask |= *capability_bit(name);
  if (add_all)
    mask = all_bits;
  if (drop_all)
    mask = 0;
  return (mask & ~*dropped) | *added;
}

} // namespace troupe::sandbox
