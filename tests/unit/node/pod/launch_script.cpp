#include "tests/unit/node/pod/launch_script.hpp"

#include "messages/view/core_v1.hpp"
#include "node/pod/spec.hpp"
#include "tests/unit/node/pod/pod_script.hpp"

#include <map>

namespace troupe::test {

namespace {

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = std::min(text.find(',', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

template <class T>
std::string joined(const std::vector<T>& all) {
  std::string out;
  for (auto& each : all) {
    if (!out.empty())
      out += ' ';
    if constexpr (std::is_arithmetic_v<T>)
      out += std::to_string(each);
    else
      out += each;
  }
  return out;
}

std::string text_of(const std::optional<std::int64_t>& value) {
  return value ? std::to_string(*value) : "-";
}

std::string text_of(const pod::container_user& user) {
  return "user uid=" + text_of(user.uid) + " gid=" + text_of(user.gid)
         + " name=" + user.name + " groups=[" + joined(user.supplemental_groups)
         + "]" + (user.merge_image_groups ? " merged" : "") + '\n';
}

std::string text_of(const pod::container_mount& mount) {
  std::string out = "mount " + mount.source;
  if (!mount.sub_path.empty())
    out += " (" + mount.sub_path + ")";
  out += " at " + mount.target;
  if (mount.read_only)
    out += mount.recursive_read_only ? " all-ro" : " ro";
  if (mount.propagation == pod::mount_propagation::host_to_container)
    out += " rslave";
  if (mount.propagation == pod::mount_propagation::bidirectional)
    out += " rshared";
  return out + '\n';
}

std::string text_of(const pod::cgroup_limits& limits) {
  return "shares=" + std::to_string(limits.cpu_shares)
         + " quota=" + std::to_string(limits.cpu_quota_us)
         + " memory=" + std::to_string(limits.memory_max) + '\n';
}

std::string flags(const pod::container_launch& launch) {
  std::string out = "flags";
  const auto add = [&](bool value, const char* name) {
    if (value)
      out += std::string{" "} + name;
  };
  add(launch.privileged, "privileged");
  add(launch.read_only_root, "read-only-root");
  add(launch.no_new_privileges, "no-new-privileges");
  add(launch.tty, "tty");
  add(launch.stdin_, "stdin");
  add(launch.stdin_once, "stdin-once");
  add(launch.host_network, "host-network");
  add(launch.host_pid, "host-pid");
  add(launch.host_ipc, "host-ipc");
  add(launch.share_process_namespace, "share-pid");
  add(launch.termination_message_from_logs, "message-from-logs");
  add(launch.seccomp == pod::seccomp_kind::runtime_default, "seccomp-default");
  add(launch.seccomp == pod::seccomp_kind::localhost, "seccomp-localhost");
  return out + '\n';
}

std::string text_of(const pod::container_launch& launch) {
  std::string out = "args";
  for (auto& each : launch.args)
    out += " '" + each + "'";
  out += '\n';
  for (auto& each : launch.env)
    out += "env " + each.name + "=" + each.value + '\n';
  out += "in " + launch.working_dir + '\n' + text_of(launch.user);
  out += "capabilities " + joined(launch.capabilities) + '\n';
  out += flags(launch);
  out += "masked " + std::to_string(launch.masked_paths.size()) + " read-only "
         + std::to_string(launch.read_only_paths.size()) + '\n';
  for (auto& each : launch.mounts)
    out += text_of(each);
  out += "cgroup " + launch.cgroup_parent + " " + text_of(launch.cgroup);
  return out + "oom_score_adj " + std::to_string(launch.oom_score_adj)
         + "\nstop " + launch.stop_signal;
}

std::string text_of(const pod::resource_list& list) {
  std::string out;
  for (auto& [name, value] : list)
    out += " " + name + "=" + value.text();
  return out + '\n';
}

} // namespace

launch_script::launch_script() {
  context_.facts.node_name = "n1";
  context_.facts.host_addresses = {"10.0.0.1"};
  context_.facts.pod_addresses = {"10.1.0.2", "fd00::2"};
  context_.facts.node_milli_cpu = 4000;
  context_.facts.node_memory = 8ll << 30;
  context_.node_memory_capacity = 8ll << 30;
  context_.hostname = "web";
  context_.hosts_path = "/p/hosts";
  context_.resolv_conf_path = "/p/resolv.conf";
  context_.hostname_path = "/p/hostname";
  context_.termination_message_path = "/p/message";
  context_.service_variables = {{"KUBERNETES_SERVICE_HOST", "10.96.0.1"}};
}

std::string launch_script::operator()(const script_command& command) {
  static const std::map<std::string, handler> handlers{
      {"pod", &launch_script::set_pod},
      {"image", &launch_script::set_image},
      {"configmap", &launch_script::set_config_map},
      {"secret", &launch_script::set_secret},
      {"volume", &launch_script::set_volume},
      {"launch", &launch_script::launch},
      {"sandbox", &launch_script::sandbox},
      {"resources", &launch_script::resources},
      {"resolv", &launch_script::resolv}};
  return (this->*handlers.at(command.name))(command);
}

std::string launch_script::set_pod(const script_command& command) {
  pod_ = read_pod(command.input);
  return "ok";
}

std::string launch_script::set_image(const script_command& command) {
  context_.image = {
      split(command.option("entrypoint")), split(command.option("cmd")),
      split(command.option("env")),        command.option("user"),
      command.option("workdir"),           command.option("signal")};
  return "ok";
}

std::string launch_script::set_config_map(const script_command& command) {
  context_.sources.config_maps[command.word(0)] = {command.options.begin(),
                                                   command.options.end()};
  return "ok";
}

std::string launch_script::set_secret(const script_command& command) {
  context_.sources.secrets[command.word(0)] = {command.options.begin(),
                                               command.options.end()};
  return "ok";
}

std::string launch_script::set_volume(const script_command& command) {
  context_.volumes[command.word(0)] = {
      command.word(1), command.words.size() > 2 && command.word(2) == "ro",
      command.words.size() > 2 && command.word(2) == "file"};
  return "ok";
}

std::string launch_script::launch(const script_command& command) {
  const view::core_v1::pod pod{pod_};
  const auto entry = pod::container_of(pod, command.word(0));
  std::string out;
  for (auto& each : pod::env_references(entry->spec))
    out += std::string{each.secret ? "needs secret " : "needs configmap "}
           + each.name + '\n';
  const auto made = pod::make_launch(pod, entry->spec, context_);
  return out + (made ? text_of(*made) : "error: " + made.error().message);
}

std::string launch_script::sandbox(const script_command&) {
  const view::core_v1::pod pod{pod_};
  const auto hostname = pod::pod_hostname(pod, "node-1", "cluster.local");
  if (!hostname)
    return "error: " + hostname.error().message;
  const auto made = pod::make_sandbox_launch(pod, *hostname);
  if (!made)
    return "error: " + made.error().message;
  auto out = "hostname " + made->hostname + "\ncgroup " + made->cgroup + " "
             + text_of(made->limits);
  for (auto& each : made->sysctls)
    out += "sysctl " + each.name + "=" + each.value + '\n';
  for (auto& each : made->ports)
    out += "port " + each.host_address + ":" + std::to_string(each.host_port)
           + " to " + std::to_string(each.container_port) + "/" + each.protocol
           + '\n';
  return out
         + pod::hosts_file(pod, context_.facts.pod_addresses, *hostname,
                           "cluster.local", "127.0.0.1\tlocalhost\n");
}

std::string launch_script::resources(const script_command&) {
  const view::core_v1::pod pod{pod_};
  return "requests" + text_of(pod::pod_requests(pod)) + "limits"
         + text_of(pod::pod_limits(pod)) + "class "
         + std::string{pod::to_string(pod::pod_qos(pod))} + "\ncgroup "
         + pod::container_cgroup_path(pod, "c1") + " "
         + text_of(pod::pod_cgroup(pod));
}

std::string launch_script::resolv(const script_command& command) {
  const view::core_v1::pod pod{pod_};
  pod::dns_settings dns;
  dns.node_resolv_conf = command.input;
  dns.cluster_dns = split(command.option("cluster"));
  const auto out = pod::resolv_conf(pod, dns);
  return out.empty() ? "empty" : out;
}

} // namespace troupe::test
