#include "node/agent/translate.hpp"

#include "runtime/base/entropy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstring>
#include <optional>

namespace troupe::agent {

namespace core = view::core_v1;

cgroup::limits to_limits(const pod::cgroup_limits& from) {
  cgroup::limits out;
  out.cpu_shares = static_cast<std::uint64_t>(from.cpu_shares);
  out.cpu_period_us = static_cast<std::uint64_t>(from.cpu_period_us);
  out.cpu_quota_us =
      from.cpu_quota_us > 0 ? from.cpu_quota_us : cgroup::unlimited;
  out.memory_max_bytes =
      from.memory_max > 0 ? from.memory_max : cgroup::unlimited;
  return out;
}

sandbox::sandbox_spec to_sandbox_spec(const core::pod& pod,
                                      const pod::sandbox_launch& launch,
                                      const node_paths& paths) {
  const std::string uid{pod.metadata().uid()};
  sandbox::sandbox_spec out;
  out.pod_uid = uid;
  out.ns = std::string{pod.metadata().namespace_()};
  out.name = std::string{pod.metadata().name()};
  out.hostname = launch.hostname;
  if (!launch.host_network)
    out.netns_path = paths.netns(uid);
  out.host_network = launch.host_network;
  out.host_pid = launch.host_pid;
  out.host_ipc = launch.host_ipc;
  out.share_pid = launch.share_process_namespace;
  for (const auto& each : launch.sysctls)
    out.sysctls.emplace_back(each.name, each.value);
  out.directory = paths.sandbox(uid);
  return out;
}

namespace {

result<network::host_port> to_host_port(const pod::sandbox_launch::port& from) {
  network::host_port out;
  out.protocol = from.protocol == "UDP"    ? network::port_protocol::udp
                 : from.protocol == "SCTP" ? network::port_protocol::sctp
                                           : network::port_protocol::tcp;
  if (from.host_port < 1 || from.host_port > UINT16_MAX
      || from.container_port < 1 || from.container_port > UINT16_MAX)
    return error{errc::invalid_argument,
                 "hostPort " + std::to_string(from.host_port) + " to "
                     + std::to_string(from.container_port)
                     + " is no pair of ports"};
  out.port = static_cast<std::uint16_t>(from.host_port);
  out.pod_port = static_cast<std::uint16_t>(from.container_port);
  if (from.host_address.empty())
    return out;
  auto address = ip_address::parse(from.host_address);
  if (!address)
    return address.error();
  out.host_address = *address;
  return out;
}

} // namespace

result<std::vector<network::host_port>>
to_host_ports(const pod::sandbox_launch& launch) {
  std::vector<network::host_port> out;
  for (const auto& each : launch.ports) {
    auto port = to_host_port(each);
    if (!port)
      return port.error();
    out.push_back(*port);
  }
  return out;
}

pod::image_defaults to_defaults(const image::image_config& from) {
  return {from.entrypoint, from.cmd,         from.env,
          from.user,       from.working_dir, from.stop_signal};
}

namespace {

sandbox::seccomp_profile to_profile(pod::seccomp_kind from) {
  switch (from) {
    case pod::seccomp_kind::unconfined:
      return sandbox::seccomp_profile::unconfined;
    case pod::seccomp_kind::localhost:
      return sandbox::seccomp_profile::own;
    default:
      return sandbox::seccomp_profile::runtime_default;
  }
}

} // namespace

sandbox::security_spec to_security(const pod::container_launch& launch,
                                   const image::process_user& user) {
  sandbox::security_spec out;
  out.uid = user.uid;
  out.gid = user.gid;
  for (auto group : launch.user.supplemental_groups)
    out.groups.push_back(static_cast<gid_t>(group));
  if (launch.user.merge_image_groups)
    out.groups.insert(out.groups.end(), user.groups.begin(), user.groups.end());
  // A program with set-group-id must not shed the group it was started with.
  out.groups.push_back(out.gid);
  std::ranges::sort(out.groups);
  out.groups.erase(std::unique(out.groups.begin(), out.groups.end()),
                   out.groups.end());
  out.capabilities.drop = {"ALL"};
  out.capabilities.add = launch.capabilities;
  out.no_new_privs = launch.no_new_privileges;
  out.privileged = launch.privileged;
  out.seccomp = to_profile(launch.seccomp);
  out.masked_paths = launch.masked_paths;
  out.read_only_paths = launch.read_only_paths;
  return out;
}

pod::process_identity to_identity(const sandbox::security_spec& from) {
  return {from.uid, from.gid, {from.groups.begin(), from.groups.end()}};
}

namespace {

std::optional<int> number_of(std::string_view text) {
  int out = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, code] = std::from_chars(text.data(), end, out);
  if (code != std::errc{} || rest != end)
    return std::nullopt;
  return out;
}

/// "RTMIN", "RTMIN+3", "RTMAX-1"; 0 for what is none.
int real_time_signal(std::string_view name) {
  const bool first = name.starts_with("RTMIN");
  const auto distance = name.substr(5);
  int out = first ? SIGRTMIN : SIGRTMAX;
  if (!distance.empty()) {
    const auto by = number_of(distance.substr(1));
    if (distance[0] != (first ? '+' : '-') || !by || *by < 0
        || *by > SIGRTMAX - SIGRTMIN)
      return 0;
    out += first ? *by : -*by;
  }
  return out;
}

} // namespace

int signal_number(std::string_view name) {
  if (const auto number = number_of(name))
    return *number > 0 && *number < NSIG ? *number : 0;
  if (name.starts_with("SIG"))
    name.remove_prefix(3);
  if (name.starts_with("RTMIN") || name.starts_with("RTMAX"))
    return real_time_signal(name);
  for (int i = 1; i < NSIG; ++i)
    if (const char* text = sigabbrev_np(i); text != nullptr && name == text)
      return i;
  return 0;
}

std::string make_id() {
  constexpr char digits[] = "0123456789abcdef";
  std::array<std::uint8_t, 32> random{};
  fill_random(random);
  std::string out;
  for (auto octet : random) {
    out += digits[octet >> 4];
    out += digits[octet & 15];
  }
  return out;
}

} // namespace troupe::agent
