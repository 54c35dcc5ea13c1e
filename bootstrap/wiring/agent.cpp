#include "bootstrap/wiring/agent.hpp"

#include "bootstrap/cluster/cluster_file.hpp"
#include "bootstrap/cluster/files.hpp"
#include "bootstrap/cluster/layout.hpp"
#include "bootstrap/inspect/inspection_server.hpp"
#include "bootstrap/nodes/nodes.hpp"
#include "bootstrap/wiring/bus.hpp"
#include "bootstrap/wiring/process_end.hpp"
#include "node/agent/dns_actor.hpp"
#include "node/agent/files.hpp"
#include "node/agent/io_service.hpp"
#include "node/agent/machine.hpp"
#include "node/agent/network_actor.hpp"
#include "node/agent/node_actor.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"
#include "runtime/caf/supervisor_actor.hpp"
#include "runtime/caf/system_config.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <cstdlib>

namespace troupe::wiring {

namespace {

constexpr const char* component = "agent";
/// Work on containers at a time, and what may wait.
constexpr std::size_t work_max = 16;
constexpr std::size_t work_queue_max = 1024 * 1024;
/// Walks over what pods have written, at a time.
constexpr std::size_t counters_max = 2;
/// Hooks at a time; as many others wait as above.
constexpr std::size_t hooks_max = 256;
/// Logs and commands at a time.
constexpr std::size_t streams_max = 256;
constexpr std::size_t node_mailbox_max = 16 * 1024;
constexpr std::size_t small_file_max = 1024 * 1024;

/// One of N nodes of a machine offers one Nth of it.
result<agent::node_config> describe_node(const cluster::cluster_record& about,
                                         const cluster::layout& files,
                                         const std::string& name) {
  auto address = nodes::member_address(about, files, name);
  if (!address)
    return address.error();
  const auto machine = agent::read_machine();
  const auto share = static_cast<std::int64_t>(about.nodes);
  agent::node_config out;
  out.name = name;
  out.addresses = {address->to_string()};
  out.paths = agent::node_paths{files.state_of(name)};
  out.milli_cpu = machine.processors * 1000 / share;
  out.memory = machine.memory / share;
  const auto disk = agent::disk_space_of(files.root());
  out.ephemeral_storage = static_cast<std::int64_t>(disk.capacity) / share;
  out.image_directory = files.images();
  out.image_collection.high_percent = about.image_gc_high;
  out.image_collection.low_percent = about.image_gc_low;
  if (auto valid = out.image_collection.validate(); !valid)
    return valid.error();
  out.lease_seconds = about.node_times.lease;
  out.pod_ranges = {nodes::pod_range()};
  out.service_ranges = {nodes::service_range()};
  out.pods.node_name = name;
  out.pods.host_addresses = out.addresses;
  if (auto text = agent::read_file("/etc/resolv.conf", small_file_max); text)
    out.dns.node_resolv_conf = std::move(*text);
  out.dns.cluster_dns = {nodes::dns_address().to_string()};
  if (auto text = agent::read_file("/etc/hosts", small_file_max); text)
    out.hosts_file = std::move(*text);
  return out;
}

result<std::unique_ptr<image::image_service>>
open_images(const cluster::cluster_record& about,
            const cluster::layout& files) {
  image::image_service_config config;
  config.root = files.images();
  for (const auto& each : about.registry_mirrors)
    if (auto added = image::add_mirror(config.mirrors, each); !added)
      return added.error();
  for (const auto& each : about.registry_authorities)
    if (auto added = image::add_authority(config.authorities, each); !added)
      return added.error();
  return image::open_image_service(std::move(config));
}

/// Everything of one agent, in the order it is taken down backwards.
class node_agent {
public:
  static result<std::unique_ptr<node_agent>>
  open(const cluster::cluster_record& about, const cluster::layout& files,
       const std::string& name) {
    auto out = std::unique_ptr<node_agent>{new node_agent};
    auto config = describe_node(about, files, name);
    if (!config)
      return config.error();
    out->services_.config = std::move(*config);
    if (auto done = out->open_services(about, files, name); !done)
      return done.error();
    if (auto done = out->make_directories(); !done)
      return done.error();
    out->start(name);
    auto inspection =
        inspect::inspection_server::open(files.run(), name, out->tree_);
    if (!inspection)
      return inspection.error();
    out->inspection_ = std::move(*inspection);
    return out;
  }

  ~node_agent() {
    inspection_.reset();
    io_.reset();
    if (system_) {
      caf::anon_send_exit(root_, caf::exit_reason::user_shutdown);
      root_ = nullptr;
      system_->await_all_actors_done();
    }
    // Whoever waits for the bus must hear before the pool's threads are joined.
    if (api_)
      api_->stop();
    bus_.reset();
    workers_.reset();
    counters_.reset();
    hooks_.reset();
    network_jobs_.reset();
    pool_.reset();
  }

private:
  node_agent() = default;

  status_result open_services(const cluster::cluster_record& about,
                              const cluster::layout& files,
                              const std::string& name) {
    auto groups =
        cgroup::open_cgroup_manager({.base = nodes::cgroup_base(about, name)});
    if (!groups)
      return groups.error();
    groups_ = std::move(*groups);
    auto images = open_images(about, files);
    if (!images)
      return images.error();
    images_ = std::move(*images);
    auto sandboxes = sandbox::sandbox_host::open();
    if (!sandboxes)
      return sandboxes.error();
    sandboxes_ = std::move(*sandboxes);
    auto bus = join_bus(about, files, {"node", name});
    if (!bus)
      return bus.error();
    bus_ = std::move(*bus);
    api_ = std::make_unique<agent::api_client>(*bus_);
    pool_ = std::make_unique<work_pool>(work_max, work_queue_max);
    counters_ = std::make_unique<work_pool>(counters_max, work_queue_max);
    hooks_ = std::make_unique<work_pool>(hooks_max, work_queue_max);
    network_jobs_ = std::make_unique<work_pool>(1, work_queue_max);
    workers_ = std::make_unique<work_pool>(streams_max, 0);
    events_ = std::make_unique<events::event_recorder>(
        *api_, events::event_source{"kubelet", name, {}}, wall_now, mono_now);
    services_.bus = bus_.get();
    services_.api = api_.get();
    services_.sandboxes = sandboxes_.get();
    services_.images = images_.get();
    services_.groups = groups_.get();
    services_.pool = pool_.get();
    services_.counters = counters_.get();
    services_.hooks = hooks_.get();
    services_.network_jobs = network_jobs_.get();
    services_.tree = &tree_;
    return unit{};
  }

  status_result make_directories() {
    const auto& paths = services_.config.paths;
    for (const auto& path : {paths.records(), paths.pods(), paths.logs()})
      if (auto made = agent::make_directory(path); !made)
        return made;
    return unit{};
  }

  void start(const std::string& name) {
    const auto address = "/node/" + name;
    io_ = bus_->serve(address + "/io",
                      agent::make_io_service(services_, registry_, *workers_));
    system_ = std::make_unique<caf::actor_system>(caf_config_);
    auto entrance = std::make_shared<agent::node_door>(
        address + "/agent", "agent", node_mailbox_max);
    actors::supervisor_config root;
    root.tree = &tree_;
    root.children.push_back(
        {entrance,
         [entrance, around = agent::node_surroundings{
                        &services_, &registry_, events_.get(),
                        std::make_shared<actors::door_base>(
                            address + "/pod", "supervisor",
                            1)}](caf::event_based_actor& parent) -> caf::actor {
           return parent.spawn<agent::node_actor>(entrance, around);
         }});
    auto network = std::make_shared<agent::network_door>(
        address + "/network", "network", node_mailbox_max);
    root.children.push_back(
        {network,
         [network,
          &services = services_](caf::event_based_actor& parent) -> caf::actor {
           return parent.spawn<agent::network_actor>(network, services);
         }});
    auto names = std::make_shared<agent::dns_door>(address + "/dns", "dns",
                                                   node_mailbox_max);
    root.children.push_back({names,
                             [names, &services = services_](
                                 caf::event_based_actor& parent) -> caf::actor {
                               return parent.spawn<agent::dns_actor>(names,
                                                                     services);
                             }});
    root.give_up = [](const std::string& who) {
      log_error(component, who + " keeps failing: ending");
      std::_Exit(EXIT_FAILURE);
    };
    root_ = actors::spawn_root(
        *system_, std::make_shared<actors::door_base>(address, "supervisor", 1),
        std::move(root), [address] {
          log_error(component, address + " was killed: ending");
          std::_Exit(EXIT_FAILURE);
        });
  }

  actors::live_tree tree_;
  agent::node_services services_;
  std::unique_ptr<cgroup::cgroup_manager> groups_;
  std::unique_ptr<image::image_service> images_;
  std::unique_ptr<sandbox::sandbox_host> sandboxes_;
  agent::pod_registry registry_; ///< its sandboxes go before their host
  std::unique_ptr<messenger> bus_;
  std::unique_ptr<agent::api_client> api_;
  std::unique_ptr<events::event_recorder> events_;
  std::unique_ptr<work_pool> pool_;
  std::unique_ptr<work_pool> counters_;
  std::unique_ptr<work_pool> hooks_;
  std::unique_ptr<work_pool> network_jobs_;
  std::unique_ptr<work_pool> workers_;
  std::unique_ptr<bus_registration> io_;
  actors::system_config caf_config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::actor root_;
  std::unique_ptr<inspect::inspection_server> inspection_;
};

int fail(const error& why) {
  log_error(component, why.message);
  return 1;
}

} // namespace

int run_agent(const agent_options& options) {
  open_log(log_level::info, options.log_file);
  const int signals = hold_signals();
  const cluster::layout files{options.cluster_directory};
  auto about = cluster::load_cluster(files.cluster_file());
  if (!about)
    return fail(about.error());
  auto agent = node_agent::open(*about, files, options.node);
  if (!agent)
    return fail(agent.error());
  log_info(component, "node " + options.node + " starts");
  wait_for_end(component, signals, options.lifeline_fd);
  agent->reset();
  log_info(component, "ended");
  return 0;
}

} // namespace troupe::wiring
