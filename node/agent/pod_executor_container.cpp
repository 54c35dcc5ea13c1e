#include "messages/view/core_v1.hpp"
#include "node/agent/container_user.hpp"
#include "node/agent/files.hpp"
#include "node/agent/object_source.hpp"
#include "node/agent/pod_executor.hpp"
#include "node/agent/translate.hpp"
#include "node/agent/volume_sources.hpp"
#include "node/log/log_reader.hpp"
#include "node/pod/spec.hpp"
#include "node/sandbox/seccomp_file.hpp"
#include "node/sys/process_handle.hpp"
#include "node/volume/volumes.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>

/// Images and containers: start and signal.
namespace troupe::agent {

namespace core = view::core_v1;

namespace {

constexpr const char* component = "agent";
constexpr duration start_patience = std::chrono::seconds{60};
constexpr duration call_patience = std::chrono::seconds{10};

image::pull_policy policy_of(const std::string& text) {
  if (text == "Always")
    return image::pull_policy::always;
  return text == "Never" ? image::pull_policy::never
                         : image::pull_policy::if_not_present;
}

std::string reason_of(image::pull_fault fault) {
  switch (fault) {
    case image::pull_fault::invalid_name:
      return "InvalidImageName";
    case image::pull_fault::never_pulled:
      return "ErrImageNeverPull";
    default:
      return "ErrImagePull";
  }
}

/// imageID as users know it: where it came from and its digest.
std::string image_id(const image::image_record& image) {
  return image.repo_digests.empty() ? image.id : image.repo_digests.front();
}

pod::image_ready describe(const std::string& container,
                          const image::pulled& how) {
  pod::image_ready out;
  out.container = container;
  out.id = image_id(*how.image);
  if (!how.present)
    out.pulled = pod::image_pull{how.elapsed, how.waited,
                                 static_cast<std::int64_t>(how.image->size)};
  return out;
}

sandbox::propagation to_propagation(pod::mount_propagation from) {
  switch (from) {
    case pod::mount_propagation::host_to_container:
      return sandbox::propagation::host_to_container;
    case pod::mount_propagation::bidirectional:
      return sandbox::propagation::bidirectional;
    default:
      return sandbox::propagation::none;
  }
}

result<sandbox::mount_spec> to_mount(const pod::container_mount& from,
                                     const std::string& container) {
  sandbox::mount_spec out;
  sandbox::bind_source source;
  source.path = from.source;
  if (!from.sub_path.empty()) {
    auto inside = volume::open_sub_path(from.source, from.sub_path);
    if (!inside)
      return error{inside.error().code,
                   "failed to prepare subPath for volumeMount \"" + from.volume
                       + "\" of container \"" + container
                       + "\": " + inside.error().message};
    source.descriptor = std::move(*inside);
  }
  out.source = std::move(source);
  out.destination = from.target;
  out.read_only = from.read_only;
  out.recursive_read_only = from.recursive_read_only;
  out.propagates = to_propagation(from.propagation);
  return out;
}

result<std::vector<sandbox::mount_spec>>
to_mounts(const pod::container_launch& from) {
  std::vector<sandbox::mount_spec> out;
  for (const auto& each : from.mounts) {
    auto mount = to_mount(each, from.name);
    if (!mount)
      return mount.error();
    out.push_back(std::move(*mount));
  }
  return out;
}

std::vector<std::string> to_texts(const std::vector<pod::env_var>& from) {
  std::vector<std::string> out;
  for (const auto& each : from)
    out.push_back(each.name + "=" + each.value);
  return out;
}

} // namespace

void pod_executor::run(const job& with, const pod::ensure_image& action) {
  image::pull_request request;
  request.reference = action.reference;
  request.policy = policy_of(action.policy);
  const bool asks = request.policy == image::pull_policy::always
                    || (request.policy == image::pull_policy::if_not_present
                        && !services_.images->find(action.reference));
  if (asks) {
    const core::pod view{*with.pod};
    object_source objects{*services_.api, services_.tokens,
                          std::string{view.metadata().namespace_()}};
    auto logins = objects.logins(view);
    report_(pod::image_pull_begun{action.container,
                                  logins ? std::move(logins->missing)
                                         : std::vector<std::string>{}});
    if (!logins)
      return report_(pod::image_failed{action.container, "ErrImagePull",
                                       logins.error().message});
    request.logins = std::move(logins->keys);
  }
  services_.images->pull(std::move(request), [self = shared_from_this(),
                                              container = action.container](
                                                 image::pull_outcome outcome) {
    if (outcome)
      self->report_(describe(container, *outcome));
    else
      self->report_(pod::image_failed{container,
                                      reason_of(outcome.error().fault),
                                      outcome.error().message});
  });
}

/// Files of the pod that its containers share, and this container's own.
status_result pod_executor::write_files(const job& with, const std::string& id,
                                        pod::launch_context& context) {
  const core::pod view{*with.pod};
  const auto& config = services_.config;
  const auto etc = config.paths.etc(uid_);
  const auto own = config.paths.container(uid_, id);
  for (const auto& path : {etc, own})
    if (auto made = make_directory(path); !made)
      return made;
  context.hosts_path = etc + "/hosts";
  context.resolv_conf_path = etc + "/resolv.conf";
  context.hostname_path = etc + "/hostname";
  context.termination_message_path = own + "/termination-log";
  const std::pair<std::string, std::string> files[] = {
      {context.hosts_path,
       pod::hosts_file(view, with.observed->sandbox.addresses, context.hostname,
                       config.cluster_domain, config.hosts_file)},
      {context.resolv_conf_path, pod::resolv_conf(view, config.dns)},
      {context.hostname_path, context.hostname + "\n"},
      {context.termination_message_path, ""},
  };
  for (const auto& [path, text] : files)
    if (auto written = write_file(path, text); !written)
      return written;
  // Whoever the container runs as writes its last words there.
  std::error_code ignored;
  std::filesystem::permissions(context.termination_message_path,
                               std::filesystem::perms{0666}, ignored);
  for (const auto& path :
       {context.hosts_path, context.resolv_conf_path, context.hostname_path})
    std::filesystem::permissions(path, std::filesystem::perms{0644}, ignored);
  return unit{};
}

/// The volumes' places were made by `mount_volumes`; making them again finds
/// them.
status_result pod_executor::find_volumes(const job& with,
                                         pod::launch_context& context) {
  const core::pod view{*with.pod};
  object_source objects{*services_.api, services_.tokens,
                        std::string{view.metadata().namespace_()}};
  auto plans = plan_volumes(view, objects, facts_about(with));
  if (!plans)
    return plans.error();
  for (const auto& plan : *plans) {
    auto path = volume::prepare(services_.config.paths.pod(uid_), plan,
                                volume_ownership(view));
    if (!path)
      return path.error();
    context.volumes[plan.name] = {*path, volume::is_read_only(plan)};
  }
  return unit{};
}

result<pod::container_launch>
pod_executor::prepare_launch(const job& with, const core::container& container,
                             const image::image_record& image,
                             const std::string& id) {
  const core::pod view{*with.pod};
  pod::launch_context context;
  context.image = to_defaults(image.config);
  context.facts = facts_about(with);
  context.node_memory_capacity = services_.config.memory;
  auto hostname = pod::pod_hostname(view, services_.config.name,
                                    services_.config.cluster_domain);
  if (!hostname)
    return hostname.error();
  context.hostname = std::move(*hostname);
  object_source objects{*services_.api, services_.tokens,
                        std::string{view.metadata().namespace_()}};
  auto sources = objects.environment(pod::env_references(container));
  if (!sources)
    return sources.error();
  context.sources = std::move(*sources);
  if (auto told = tell_services(view, context); !told)
    return told.error();
  if (auto found = find_volumes(with, context); !found)
    return found.error();
  if (auto written = write_files(with, id, context); !written)
    return written.error();
  return pod::make_launch(view, container, context);
}

result<sandbox::container_spec>
pod_executor::make_spec(const job& with, const pod::start_container& action,
                        const image::image_record& image, const std::string& id,
                        const pod::container_launch& launch) {
  const core::pod view{*with.pod};
  auto user = find_user(image.layers, launch.user);
  if (!user)
    return user.error();
  if (launch.user.must_not_be_root && user->uid == 0)
    return error{
        errc::invalid_argument,
        "container has runAsNonRoot and image will run as root (pod: \""
            + std::string{view.metadata().name()} + "_"
            + std::string{view.metadata().namespace_()} + "(" + uid_
            + ")\", container: " + action.container + ")"};
  const auto own = services_.config.paths.container(uid_, id);
  sandbox::container_spec out;
  out.id = id;
  out.rootfs = {image.layers, own + "/upper", own + "/work",
                launch.read_only_root};
  out.args = launch.args;
  out.env = to_texts(launch.env);
  out.cwd = launch.working_dir;
  out.security = to_security(launch, *user);
  if (out.security.seccomp == sandbox::seccomp_profile::own) {
    auto text = sandbox::read_seccomp_profile(services_.config.paths.seccomp(),
                                              launch.seccomp_profile);
    if (!text)
      return text.error();
    out.security.seccomp_text = std::move(*text);
  }
  out.oom_score_adj = launch.oom_score_adj;
  const auto group = launch.cgroup_parent + "/" + id;
  auto limits = to_limits(launch.cgroup);
  // The container ends, not one of its processes, where the kernel can.
  limits.memory_oom_group = true;
  if (auto made = services_.groups->ensure(group, limits); !made)
    return made.error();
  if (!launch.privileged)
    if (auto kept = services_.groups->restrict_devices(
            group, cgroup::usual_device_rules());
        !kept)
      return kept.error();
  auto entry = services_.groups->entry(group);
  if (!entry)
    return entry.error();
  out.cgroup = {std::move(entry->procs_files), std::move(entry->directory)};
  out.log.path =
      logs_of(view, action.container) + "/"
      + container_log::file_name(static_cast<std::uint32_t>(action.attempt));
  // Where the container it was added for runs: its processes are to be seen.
  if (const auto target = pod::target_of(view, action.container);
      !target.empty()) {
    const auto* other = pod::find(*with.observed, target);
    if (other == nullptr || other->phase != pod::container_phase::running)
      return error{errc::not_found, "target container \"" + std::string{target}
                                        + "\" does not run"};
    auto process = sys::open_process(static_cast<pid_t>(other->pid));
    if (!process)
      return process.error();
    out.pids_of = std::move(*process);
  }
  out.stdin_open = launch.stdin_;
  out.stdin_once = launch.stdin_once;
  out.tty = launch.tty;
  const container_context context{out.env, out.cwd, out.security, group};
  if (auto kept = write_file(own + "/context", context.encode()); !kept)
    return kept.error();
  return out;
}

/// The sandbox that a start was meant for, which then waits for it with its
/// end; null when there is another one by now, or none.
std::shared_ptr<sandbox::pod_sandbox>
pod_executor::begin_start(const std::string& sandbox_id) {
  std::lock_guard lock{mutex_};
  if (!box_ || box_id_ != sandbox_id)
    return nullptr;
  ++starts_;
  return box_;
}

void pod_executor::end_start() {
  std::lock_guard lock{mutex_};
  --starts_;
  changed_.notify_all();
}

void pod_executor::run(const job& with, const pod::start_container& action) {
  const auto at = begin_start(action.sandbox_id);
  if (!at)
    return report_(pod::container_start_failed{
        action.container, action.sandbox_id, "CreateContainerError",
        "the pod's sandbox is gone"});
  start(with, action, *at);
  end_start();
}

void pod_executor::start(const job& with, const pod::start_container& action,
                         sandbox::pod_sandbox& at) {
  const auto fail = [&](const char* reason, const std::string& message) {
    report_(pod::container_start_failed{action.container, action.sandbox_id,
                                        reason, message});
  };
  const auto entry = pod::container_of(core::pod{*with.pod}, action.container);
  const auto image = services_.images->find(action.image_id);
  if (!entry)
    return fail("CreateContainerError", "the pod has no such container");
  if (!image)
    return fail("CreateContainerError",
                "image " + action.image_id + " is gone");
  const auto id = make_id();
  if (auto pinned = services_.images->pin(
          services_.config.name + "/" + uid_ + "/" + id, image->id);
      !pinned)
    return fail("CreateContainerError", pinned.error().message);
  auto launch = prepare_launch(with, entry->spec, *image, id);
  auto mounts = launch ? to_mounts(*launch) : launch.error();
  if (!mounts) {
    forget_container(id);
    return fail("CreateContainerConfigError", mounts.error().message);
  }
  auto spec = make_spec(with, action, *image, id, *launch);
  if (!spec) {
    forget_container(id);
    return fail("CreateContainerError", spec.error().message);
  }
  spec->mounts = std::move(*mounts);
  {
    std::lock_guard lock{mutex_};
    names_[id] = action.container;
    starting_.insert(id);
  }
  report_(pod::container_created{action.container, action.sandbox_id, id,
                                 to_identity(spec->security), launch->cgroup});
  auto started = at.start_container(std::move(*spec), start_patience);
  if (started)
    report_(pod::container_started{action.container, id, started->pid,
                                   started->started_at});
  else
    fail("RunContainerError", started.error().message);
  {
    std::lock_guard lock{mutex_};
    starting_.erase(id);
    changed_.notify_all();
  }
  if (!started)
    forget_container(id);
}

void pod_executor::run(const job& with, const pod::signal_container& action) {
  const auto at = box();
  if (!at)
    return;
  int number = signal_number(action.signal);
  if (action.signal.empty()) {
    const core::pod view{*with.pod};
    const auto found = pod::find(*with.observed, action.container);
    const auto image =
        found ? services_.images->find(found->image_id) : nullptr;
    const auto entry = pod::container_of(view, action.container);
    number = signal_number(pod::stop_signal(
        entry ? entry->spec : core::container{nullptr},
        image ? to_defaults(image->config) : pod::image_defaults{}));
  }
  const auto scope = number == SIGKILL ? sandbox::signal_scope::all
                                       : sandbox::signal_scope::main;
  auto sent = at->signal(action.id, number == 0 ? SIGTERM : number, scope,
                         call_patience);
  if (!sent && sent.error().code != errc::not_found)
    log_warning(component, "signal to container " + action.container
                               + " of pod " + uid_ + ": "
                               + sent.error().message);
}

} // namespace troupe::agent
