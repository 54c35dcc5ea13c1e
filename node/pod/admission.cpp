#include "node/pod/admission.hpp"

#include "node/pod/spec.hpp"

#include <algorithm>

namespace troupe::pod {

namespace {

constexpr std::string_view all_addresses = "0.0.0.0";

struct port_claim {
  std::string_view address;
  std::string_view protocol;
  std::int64_t port = 0;

  bool excludes(const port_claim& other) const {
    return port == other.port && protocol == other.protocol
           && (address == other.address || address == all_addresses
               || other.address == all_addresses);
  }
};

std::string_view or_else(std::string_view text, std::string_view fallback) {
  return text.empty() ? fallback : text;
}

std::vector<port_claim> claims_of(const view::core_v1::pod& pod) {
  std::vector<port_claim> out;
  for (auto& entry : containers_of(pod))
    for (auto port : entry.spec.ports())
      if (entry.role != container_role::init && port.host_port() > 0)
        out.push_back({or_else(port.host_ip(), all_addresses),
                       or_else(port.protocol(), "TCP"), port.host_port()});
  return out;
}

// "Using sysctls in a Kubernetes Cluster": the safe set. Those of `net.` belong
// to the network namespace, the others to that of IPC.
constexpr std::string_view safe_sysctls[] = {
    "kernel.shm_rmid_forced",           "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",        "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",     "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",      "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",          "net.ipv4.tcp_wmem",
};

/// Names may be written with slashes; the first separator tells.
std::string with_dots(std::string_view name) {
  std::string out{name};
  const auto first = out.find_first_of("./");
  if (first == std::string::npos || out[first] == '.')
    return out;
  for (auto& each : out)
    if (each == '/' || each == '.')
      each = each == '/' ? '.' : '/';
  return out;
}

} // namespace

std::optional<refusal> refuse_sysctls(const view::core_v1::pod& wanted) {
  const auto spec = wanted.spec();
  const auto forbid = [](const std::string& name, std::string_view why) {
    return refusal{"SysctlForbidden",
                   "forbidden sysctl: \"" + name + "\" " + std::string{why}};
  };
  for (auto each : spec.security_context().sysctls()) {
    const auto name = with_dots(each.name());
    if (std::find(std::begin(safe_sysctls), std::end(safe_sysctls), name)
        == std::end(safe_sysctls))
      return forbid(name, "not allowlisted");
    const bool of_net = name.starts_with("net.");
    if (of_net && spec.host_network())
      return forbid(name, "not allowed with host net enabled");
    if (!of_net && spec.host_ipc())
      return forbid(name, "not allowed with host ipc enabled");
  }
  return std::nullopt;
}

bool claims_ports(const view::core_v1::pod& pod) {
  return !claims_of(pod).empty();
}

std::optional<refusal>
refuse_ports(const view::core_v1::pod& wanted,
             std::span<const view::core_v1::pod> others) {
  const auto own = claims_of(wanted);
  const auto is_taken = [&](const port_claim& claim) {
    return std::any_of(own.begin(), own.end(),
                       [&](const auto& each) { return each.excludes(claim); });
  };
  for (const auto& other : others) {
    const auto theirs = claims_of(other);
    if (std::any_of(theirs.begin(), theirs.end(), is_taken))
      return refusal{"NodePorts",
                     "Predicate NodePorts failed: node(s) didn't have free "
                     "ports for the requested pod ports"};
  }
  return std::nullopt;
}

} // namespace troupe::pod
