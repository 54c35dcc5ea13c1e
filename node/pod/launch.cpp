#include "node/pod/launch.hpp"

#include "node/pod/security.hpp"

#include <algorithm>
#include <array>

namespace troupe::pod {

namespace {

using view::core_v1::container;

constexpr std::string_view path_default =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Signals by number, as Linux has them on x86 and arm.
constexpr std::array signal_names{
    "HUP",  "INT",    "QUIT", "ILL",   "TRAP", "ABRT", "BUS",  "FPE",
    "KILL", "USR1",   "SEGV", "USR2",  "PIPE", "ALRM", "TERM", "STKFLT",
    "CHLD", "CONT",   "STOP", "TSTP",  "TTIN", "TTOU", "URG",  "XCPU",
    "XFSZ", "VTALRM", "PROF", "WINCH", "IO",   "PWR",  "SYS"};

std::string signal_name(std::string text) {
  if (text.empty())
    return "SIGTERM";
  for (std::size_t i = 0; i < signal_names.size(); ++i)
    if (text == std::to_string(i + 1) || text == signal_names[i])
      return std::string{"SIG"} + signal_names[i];
  return text;
}

/// One launch while it is put together.
class builder {
public:
  builder(const view::core_v1::pod& pod, const container& of,
          const launch_context& context)
      : pod_(pod), container_(of), context_(context) {
    // nop
  }

  result<container_launch> build();

private:
  status_result set_env();
  status_result set_args();
  status_result set_mounts();
  result<container_mount> make_mount(const view::core_v1::volume_mount& mount);
  result<std::string> sub_path(const view::core_v1::volume_mount& mount) const;
  void add_file(const std::string& source, std::string_view target);
  void set_rest();

  const view::core_v1::pod& pod_;
  const container& container_;
  const launch_context& context_;
  std::vector<env_var> variables_; ///< the pod's, without the image's
  container_launch out_;
};

result<container_launch> builder::build() {
  out_.name = container_.name();
  auto user = make_user(pod_, container_, context_.image);
  if (!user)
    return user.error();
  out_.user = std::move(*user);
  for (auto step :
       {&builder::set_env, &builder::set_args, &builder::set_mounts})
    if (auto done = (this->*step)(); !done)
      return done.error();
  set_privileges(out_, pod_, container_);
  set_rest();
  return std::move(out_);
}

void set(std::vector<env_var>& all, std::string_view name,
         std::string_view value) {
  for (auto& each : all)
    if (each.name == name) {
      each.value = value;
      return;
    }
  all.push_back({std::string{name}, std::string{value}});
}

/// The runtime's variables, over them the image's, over them the pod's.
status_result builder::set_env() {
  auto own = make_environment(pod_, container_, context_.sources,
                              context_.facts, context_.service_variables);
  if (!own)
    return own.error();
  variables_ = std::move(*own);
  auto& all = out_.env;
  set(all, "PATH", path_default);
  set(all, "HOSTNAME", context_.hostname);
  if (container_.tty())
    set(all, "TERM", "xterm");
  for (std::string_view each : context_.image.env) {
    const auto end = std::min(each.find('='), each.size());
    set(all, each.substr(0, end),
        end == each.size() ? std::string_view{} : each.substr(end + 1));
  }
  for (auto& each : variables_)
    set(all, each.name, each.value);
  return unit{};
}

/// `command` replaces the image's entry point and its arguments, `args` the
/// arguments alone.
status_result builder::set_args() {
  const auto command = container_.command();
  const auto args = container_.args();
  const auto add = [&](const auto& texts) {
    for (auto each : texts)
      out_.args.push_back(expand(each, variables_));
  };
  if (command.empty())
    out_.args = context_.image.entrypoint;
  else
    add(command);
  if (!args.empty())
    add(args);
  else if (command.empty())
    out_.args.insert(out_.args.end(), context_.image.cmd.begin(),
                     context_.image.cmd.end());
  if (out_.args.empty())
    return error{errc::invalid_argument, "no command specified"};
  return unit{};
}

/// How deep a path is, so that parents are mounted first.
auto depth(const container_mount& mount) {
  auto path = std::string_view{mount.target};
  while (path.size() > 1 && path.back() == '/')
    path.remove_suffix(1);
  return path == "/" ? 0 : std::count(path.begin(), path.end(), '/');
}

status_result builder::set_mounts() {
  for (auto each : container_.volume_mounts()) {
    auto mount = make_mount(each);
    if (!mount)
      return mount.error();
    out_.mounts.push_back(std::move(*mount));
  }
  add_file(context_.hosts_path, "/etc/hosts");
  add_file(context_.hostname_path, "/etc/hostname");
  add_file(context_.resolv_conf_path, "/etc/resolv.conf");
  out_.termination_message_target = container_.termination_message_path();
  if (!out_.termination_message_target.empty())
    add_file(context_.termination_message_path,
             out_.termination_message_target);
  std::stable_sort(
      out_.mounts.begin(), out_.mounts.end(),
      [](const auto& a, const auto& b) { return depth(a) < depth(b); });
  return unit{};
}

/// A file of the node's, unless the pod mounts something there itself.
void builder::add_file(const std::string& source, std::string_view target) {
  const auto is_there = [&](const auto& each) { return each.target == target; };
  if (source.empty()
      || std::any_of(out_.mounts.begin(), out_.mounts.end(), is_there))
    return;
  container_mount mount;
  mount.source = source;
  mount.target = target;
  out_.mounts.push_back(std::move(mount));
}

/// Inside the volume, without a way out of it by name.
result<std::string>
builder::sub_path(const view::core_v1::volume_mount& mount) const {
  std::string path{mount.sub_path()};
  if (!mount.sub_path_expr().empty()) {
    path = expand(mount.sub_path_expr(), variables_);
    if (path.find("$(") != std::string::npos)
      return error{errc::invalid_argument,
                   "missing value for \"" + std::string{mount.sub_path_expr()}
                       + "\""};
  }
  if (path.starts_with('/'))
    return error{errc::invalid_argument,
                 "error SubPath `" + path + "` must not be an absolute path"};
  if (("/" + path + "/").find("/../") != std::string::npos)
    return error{errc::invalid_argument, "unable to provision SubPath `" + path
                                             + "`: must not contain '..'"};
  return path;
}

result<container_mount>
builder::make_mount(const view::core_v1::volume_mount& from) {
  const auto volume = context_.volumes.find(from.name());
  if (volume == context_.volumes.end())
    return error{errc::not_found,
                 "cannot find volume \"" + std::string{from.name()}
                     + "\" to mount into container \"" + out_.name + "\""};
  auto inside = sub_path(from);
  if (!inside)
    return inside.error();
  if (volume->second.is_file && !inside->empty())
    return error{errc::invalid_argument,
                 "failed to prepare subPath for volumeMount \""
                     + std::string{from.name()} + "\" of container \""
                     + out_.name + "\""};
  container_mount out;
  out.source = volume->second.path;
  out.sub_path = std::move(*inside);
  out.target = from.mount_path();
  if (!out.target.starts_with('/'))
    out.target.insert(0, "/");
  out.volume = from.name();
  out.read_only = from.read_only() || volume->second.read_only;
  out.recursive_read_only = is_recursive_read_only(from);
  if (from.mount_propagation() == "HostToContainer")
    out.propagation = mount_propagation::host_to_container;
  if (from.mount_propagation() == "Bidirectional")
    out.propagation = mount_propagation::bidirectional;
  return out;
}

void builder::set_rest() {
  const auto spec = pod_.spec();
  out_.working_dir = container_.working_dir().empty()
                         ? context_.image.working_dir
                         : std::string{container_.working_dir()};
  if (out_.working_dir.empty())
    out_.working_dir = "/";
  out_.tty = container_.tty();
  out_.stdin_ = container_.stdin();
  out_.stdin_once = container_.stdin_once();
  out_.termination_message_from_logs =
      container_.termination_message_policy() == "FallbackToLogsOnError";
  out_.cgroup = container_cgroup(container_);
  out_.cgroup_parent = pod_cgroup_path(pod_);
  out_.oom_score_adj =
      oom_score_adj(pod_, container_, context_.node_memory_capacity);
  out_.stop_signal = stop_signal(container_, context_.image);
  out_.host_network = spec.host_network();
  out_.host_pid = spec.host_pid();
  out_.host_ipc = spec.host_ipc();
  out_.share_process_namespace = spec.share_process_namespace();
  out_.hostname = context_.hostname;
}

} // namespace

result<container_launch> make_launch(const view::core_v1::pod& pod,
                                     const container& of,
                                     const launch_context& context) {
  return builder{pod, of, context}.build();
}

std::string stop_signal(const container& of, const image_defaults& image) {
  const auto own = of.lifecycle().stop_signal();
  return signal_name(own.empty() ? image.stop_signal : std::string{own});
}

result<sandbox_launch> make_sandbox_launch(const view::core_v1::pod& pod,
                                           std::string hostname) {
  const auto spec = pod.spec();
  if (spec.has_host_users() && !spec.host_users())
    return error{errc::unsupported,
                 "can't set `spec.hostUsers: false`, runtime "
                 "does not support user namespaces"};
  sandbox_launch out;
  out.hostname = std::move(hostname);
  out.host_network = spec.host_network();
  out.host_pid = spec.host_pid();
  out.host_ipc = spec.host_ipc();
  out.share_process_namespace = spec.share_process_namespace();
  for (auto each : spec.security_context().sysctls())
    out.sysctls.push_back(
        {std::string{each.name()}, std::string{each.value()}});
  out.cgroup = pod_cgroup_path(pod);
  out.limits = pod_cgroup(pod);
  if (out.host_network)
    return out;
  for (auto& entry : containers_of(pod))
    for (auto port : entry.spec.ports())
      if (entry.role != container_role::init && port.host_port() != 0)
        out.ports.push_back(
            {static_cast<std::int32_t>(port.host_port()),
             static_cast<std::int32_t>(port.container_port_()),
             port.protocol().empty() ? "TCP" : std::string{port.protocol()},
             std::string{port.host_ip()}});
  return out;
}

} // namespace troupe::pod
