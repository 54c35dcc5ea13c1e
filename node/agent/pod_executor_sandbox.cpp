#include "messages/view/core_v1.hpp"
#include "node/agent/files.hpp"
#include "node/agent/object_source.hpp"
#include "node/agent/pod_executor.hpp"
#include "node/agent/translate.hpp"
#include "node/agent/volume_sources.hpp"
#include "node/log/log_reader.hpp"
#include "node/pod/service_variables.hpp"
#include "node/sys/file_tree.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"

/// What belongs to the pod as a whole: sandbox, network, volumes, the end.
namespace troupe::agent {

namespace core = view::core_v1;

namespace {

constexpr const char* component = "agent";
constexpr duration shim_patience = std::chrono::seconds{10};
constexpr duration kill_patience = std::chrono::seconds{10};
constexpr duration api_patience = std::chrono::seconds{10};
/// An agent hears of services within moments of its start.
constexpr duration services_patience = std::chrono::seconds{10};
constexpr int not_found = 404;
constexpr int conflict = 409;

std::vector<std::string> to_texts(const std::vector<ip_address>& from) {
  std::vector<std::string> out;
  for (const auto& each : from)
    out.push_back(each.to_string());
  return out;
}

} // namespace

pod::downward_facts pod_executor::facts_about(const job& with) const {
  const auto& config = services_.config;
  pod::downward_facts out;
  out.node_name = config.name;
  out.host_addresses = config.addresses;
  out.pod_addresses = with.observed->sandbox.addresses;
  out.node_milli_cpu = config.milli_cpu;
  out.node_memory = config.memory;
  out.node_ephemeral_storage = config.ephemeral_storage;
  return out;
}

/// Into the container's environment, once they are known.
status_result pod_executor::tell_services(const core::pod& pod,
                                          pod::launch_context& context) const {
  const auto known = services_.cluster_services.wait(services_patience);
  if (!known)
    return error{errc::unavailable, "services have not yet been read at least "
                                    "once, cannot construct envvars"};
  std::vector<core::service> all;
  for (const auto& [uid, service] : *known)
    all.emplace_back(*service);
  const auto spec = pod.spec();
  context.service_variables = pod::make_service_variables(
      all, pod.metadata().namespace_(),
      !spec.has_enable_service_links() || spec.enable_service_links());
  return unit{};
}

void pod_executor::run(const job& with, const pod::mount_volumes&) {
  const core::pod view{*with.pod};
  object_source objects{*services_.api, services_.tokens,
                        std::string{view.metadata().namespace_()}};
  auto plans = plan_volumes(view, objects, facts_about(with));
  if (!plans)
    return report_(pod::volumes_failed{"", plans.error().message});
  const auto directory = services_.config.paths.pod(uid_);
  if (auto made = make_directory(directory); !made)
    return report_(pod::volumes_failed{"", made.error().message});
  for (const auto& plan : *plans) {
    auto path = volume::prepare(directory, plan, volume_ownership(view));
    if (!path)
      return report_(pod::volumes_failed{plan.name, path.error().message});
  }
  report_(pod::volumes_mounted{});
}

void pod_executor::refresh_volumes(
    pod_ptr pod, std::shared_ptr<const pod::observed_pod> observed) {
  if (!changes_while_mounted(core::pod{*pod}))
    return;
  post([this, with = job{std::move(pod), std::move(observed)}] {
    const core::pod view{*with.pod};
    object_source objects{*services_.api, services_.tokens,
                          std::string{view.metadata().namespace_()}};
    auto plans = plan_volumes(view, objects, facts_about(with));
    if (!plans)
      return log_warning(component, "pod " + uid_
                                        + ": volumes stay as they "
                                          "are: "
                                        + plans.error().message);
    for (const auto& plan : *plans)
      if (auto done = volume::refresh(services_.config.paths.pod(uid_), plan,
                                      volume_ownership(view));
          !done)
        log_warning(component,
                    "pod " + uid_ + ": volume " + plan.name
                        + " stays as it is: " + done.error().message);
  });
}

/// The pod's addresses; the node's with hostNetwork. Its ports of the node
/// are open then.
result<std::vector<std::string>>
pod_executor::join_network(const pod::sandbox_launch& launch) {
  if (launch.host_network)
    return services_.config.addresses;
  const auto ports = to_host_ports(launch);
  if (!ports)
    return ports.error();
  auto network = services_.network.with([](auto& it) { return it; });
  if (!network)
    return error{errc::unavailable, "the node has no podCIDR yet"};
  auto joined = network->attach(uid_, services_.config.paths.netns(uid_));
  if (!joined)
    return joined.error();
  if (!ports->empty())
    if (auto opened = network->open_host_ports(uid_, *ports); !opened)
      return opened.error();
  return to_texts(joined->addresses);
}

void pod_executor::run(const job& with, const pod::create_sandbox&) {
  const core::pod view{*with.pod};
  const auto& paths = services_.config.paths;
  auto hostname = pod::pod_hostname(view, services_.config.name,
                                    services_.config.cluster_domain);
  if (!hostname)
    return report_(pod::sandbox_failed{hostname.error().message});
  // The pod may end before the next try.
  const auto fail = [&](const std::string& why) {
    if (auto left = leave_node(view); !left)
      log_warning(component, "pod " + uid_ + ": " + left.error().message);
    report_(pod::sandbox_failed{why});
  };
  const auto launch = pod::make_sandbox_launch(view, *hostname);
  if (!launch)
    return report_(pod::sandbox_failed{launch.error().message});
  auto ready = make_directory(paths.pod(uid_));
  if (ready)
    ready = services_.groups->ensure(launch->cgroup, to_limits(launch->limits));
  if (ready)
    ready = services_.groups->ensure(shims_group, {});
  if (!ready)
    return fail(ready.error().message);
  auto addresses = join_network(*launch);
  if (!addresses)
    return fail(addresses.error().message);
  auto entry = services_.groups->entry(shims_group);
  if (!entry)
    return fail(entry.error().message);
  auto spec = to_sandbox_spec(view, *launch, paths);
  spec.shim_cgroup = {std::move(entry->procs_files),
                      std::move(entry->directory)};
  auto id = make_id();
  auto box = sandbox::pod_sandbox::create(*services_.sandboxes, spec,
                                          listener(id), shim_patience);
  if (!box)
    return fail(box.error().message);
  {
    std::lock_guard lock{mutex_};
    box_ = std::move(*box);
    box_id_ = id;
  }
  report_(pod::sandbox_ready{id, *addresses});
  // The node's ranges may have changed meanwhile.
  if (auto loss = network_loss(view, *addresses))
    report_(pod::sandbox_died{std::move(id), std::move(*loss)});
}

/// Why the pod is not on the network with these addresses; absent also when
/// nobody can tell.
std::optional<std::string>
pod_executor::network_loss(const core::pod& pod,
                           const std::vector<std::string>& addresses) const {
  auto network = services_.network.with([](auto& it) { return it; });
  if (!network || pod.spec().host_network())
    return std::nullopt;
  const auto found = network->adopt(uid_, services_.config.paths.netns(uid_));
  if (!found && found.error().code == errc::not_found)
    return found.error().message;
  if (!found) {
    log_warning(component, "pod " + uid_ + ": " + found.error().message);
    return std::nullopt;
  }
  if (to_texts(found->addresses) != addresses)
    return "its addresses are others by now";
  return std::nullopt;
}

void pod_executor::check_network(
    pod_ptr pod, std::shared_ptr<const pod::observed_pod> observed) {
  if (observed->sandbox.phase != pod::sandbox_phase::ready)
    return;
  post([this, pod = std::move(pod), observed = std::move(observed)] {
    const auto& sandbox = observed->sandbox;
    if (auto loss = network_loss(core::pod{*pod}, sandbox.addresses))
      report_(pod::sandbox_died{sandbox.id, std::move(*loss)});
  });
}

/// Gives back what the pod has of the node: its cgroup, its network.
status_result pod_executor::leave_node(const core::pod& view) {
  const auto group = pod::pod_cgroup_path(view);
  if (auto done = services_.groups->kill(group, kill_patience); !done)
    return done;
  if (auto done = services_.groups->remove(group, kill_patience); !done)
    return done;
  const auto network = services_.network.with([](auto& it) { return it; });
  if (!network || view.spec().host_network())
    return unit{};
  return network->detach(uid_, services_.config.paths.netns(uid_));
}

void pod_executor::run(const job& with, const pod::stop_sandbox&) {
  std::shared_ptr<sandbox::pod_sandbox> box;
  {
    std::lock_guard lock{mutex_};
    box = std::exchange(box_, nullptr);
  }
  status_result done = unit{};
  // One that did not answer when the agent came back may live all the same.
  if (!box) {
    auto left = reopen(with.observed->sandbox.id);
    if (left)
      box = std::move(*left);
    else if (left.error().code != errc::not_found)
      done = left.error();
  }
  if (box)
    done = box->destroy(shim_patience);
  if (done) {
    end_execs();
    // What is being started fails now; it must not find cgroup and volumes
    // gone, and make them again.
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return starts_ == 0; });
  }
  if (done)
    done = leave_node(core::pod{*with.pod});
  if (done)
    done = remove_containers();
  if (done)
    return report_(pod::sandbox_stopped{});
  {
    std::lock_guard lock{mutex_};
    if (!box_)
      box_ = std::move(box);
  }
  report_(pod::cleanup_failed{done.error().message});
}

/// What is left of those whose end nobody saw, too.
status_result pod_executor::remove_containers() {
  for (const auto& owner :
       services_.images->pins(services_.config.name + "/" + uid_ + "/"))
    if (auto done = services_.images->unpin(owner); !done)
      return done;
  return sys::delete_tree(services_.config.paths.containers(uid_));
}

void pod_executor::run(const job&, const pod::unmount_volumes&) {
  services_.tokens.with([&](auto& all) { all.forget(uid_); });
  auto done = volume::remove_volumes(services_.config.paths.pod(uid_));
  if (done)
    return report_(pod::volumes_unmounted{});
  report_(pod::cleanup_failed{done.error().message});
}

void pod_executor::run(const job& with, const pod::remove_pod&) {
  const core::pod view{*with.pod};
  const auto metadata = view.metadata();
  const auto& paths = services_.config.paths;
  // A sandbox that could not be made may have left something all the same.
  auto done = leave_node(view);
  if (done)
    done = remove_containers();
  if (done)
    done = sys::delete_tree(paths.pod(uid_));
  if (done)
    done = sys::delete_tree(container_log::pod_directory(
        paths.logs(), metadata.namespace_(), metadata.name(), metadata.uid()));
  if (done)
    return report_(pod::pod_removed{});
  report_(pod::cleanup_failed{done.error().message});
}

void pod_executor::run(const job& with, const pod::delete_object&) {
  const auto metadata = core::pod{*with.pod}.metadata();
  api::request request;
  request.verb = api::verb::remove;
  request.target = {"",
                    "v1",
                    "pods",
                    "",
                    std::string{metadata.namespace_()},
                    std::string{metadata.name()}};
  request.uid = uid_;
  request.grace_period_seconds = 0;
  const auto answer =
      services_.api->ask(std::move(request), mono_now() + api_patience);
  // A conflict is about the uid: another pod has the name now.
  if (answer.status.success || answer.status.code == not_found
      || answer.status.code == conflict)
    return report_(pod::object_deleted{});
  report_(pod::cleanup_failed{answer.status.message});
}

} // namespace troupe::agent
