#include "bootstrap/wiring/control_plane.hpp"

#include "actors/controllers/controller_actor.hpp"
#include "actors/controllers/controllers.hpp"
#include "actors/gateway/access/roles.hpp"
#include "actors/gateway/bus/bus_gateway.hpp"
#include "actors/gateway/gateway_actor.hpp"
#include "actors/gateway/object/local_api.hpp"
#include "actors/gateway/token/openid.hpp"
#include "actors/gateway/token/secret_token.hpp"
#include "actors/gateway/token/token_kinds.hpp"
#include "actors/scheduler/scheduler_actor.hpp"
#include "actors/singleton/singleton_actor.hpp"
#include "actors/state/state_actor.hpp"
#include "actors/watch/watch_actor.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/entropy.hpp"
#include "runtime/base/log.hpp"
#include "runtime/caf/supervisor_actor.hpp"
#include "runtime/caf/system_config.hpp"
#include "runtime/disk/posix_disk.hpp"
#include "runtime/signing/es256_key.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <atomic>
#include <cstdlib>

namespace troupe::wiring {

namespace {

constexpr const char* component = "server";
/// Calls that wait for the state actor; past it they are refused.
constexpr std::size_t state_mailbox_max = 64 * 1024;
/// How long a server that ends tries to give its leases back.
constexpr duration farewell_max = std::chrono::seconds{1};

/// Ends the process at once: nothing after this moment may be acknowledged.
[[noreturn]] void die(const std::string& why) {
  log_error(component, why);
  std::_Exit(EXIT_FAILURE);
}

/// Of a state with several voters: half a second to a second of silence makes
/// an election.
constexpr auto voters_tick = std::chrono::milliseconds{50};

state::state_actor_config
describe_state(const control_plane_config& config,
               std::shared_ptr<raft_transport_port> transport) {
  state::state_actor_config out;
  out.replica.core.raft.group = raft::group_id{1};
  out.replica.core.raft.self = raft::member_id{config.member};
  for (const auto& name : config.voters)
    out.replica.core.raft.voters.emplace_back(name);
  if (transport)
    out.tick = voters_tick;
  out.transport = std::move(transport);
  out.replica.log.self = {config.cluster_uid, out.replica.core.raft.self};
  out.open_disk = [path = config.state_directory] {
    return open_posix_disk(path);
  };
  out.fatal = [path = config.state_directory](const error& why) {
    die("the state in " + path + " cannot be used: " + why.message);
  };
  return out;
}

/// A worker each time it is needed: an actor that runs once. What the store
/// answers goes on there, for the state thread must not compute.
auto make_workers(caf::actor_system& system) {
  return [&system](std::function<void()> work) {
    system.spawn([work = std::move(work)](caf::event_based_actor*) { work(); });
  };
}

controllers::controllers_config describe_controllers(
    const control_plane_config& config,
    std::shared_ptr<const gateway::service_account_tokens> tokens) {
  controllers::controllers_config out;
  out.api.address = config.service_ranges.front().at(1);
  out.api.port = config.api_port;
  if (!config.api_addresses.empty())
    out.dns.address = config.dns_address;
  out.api.servers = config.api_addresses;
  out.node_lifecycle.grace =
      std::chrono::seconds{config.node_times.monitor_grace};
  out.root_ca = config.authority;
  out.issue_token = [tokens = std::move(tokens)](const auto& of) {
    return gateway::secret_token(*tokens, of.ns, {of.account, of.account_uid},
                                 {of.secret, of.secret_uid});
  };
  return out;
}

/// Components of this process do what their roles give, as anybody does.
std::optional<api::status> check_component(const api::request& request) {
  return gateway::check_access(request.user, gateway::question_of(request));
}

/// A server without the key would lock every pod out: it does not start.
std::shared_ptr<const signing_key> read_key(const control_plane_config& from) {
  auto key = signing::read_es256_key(from.signing_key);
  if (!key)
    die("the key for service accounts' tokens cannot be used: "
        + key.error().message);
  return *key;
}

control_plane_config complete(control_plane_config config) {
  if (config.voters.empty())
    config.voters = {config.member};
  return config;
}

} // namespace

class control_plane::impl {
public:
  explicit impl(control_plane_config config)
      : config_(complete(std::move(config))),
        root_path_("/server/" + config_.member), system_(caf_config_),
        state_(make_state()), transport_(make_transport()), hub_(make_hub()),
        tokens_(make_tokens()), writer_(writer_ports()),
        local_(writer_ports(), check_component),
        slot_(std::make_shared<gateway::gateway_slot>()),
        standing_(std::make_shared<gateway::server_standing>(mono_now())),
        bus_gateway_(
            std::make_shared<gateway::bus_gateway>(gateway::bus_gateway_ports{
                writer_ports(), hub_.get(), standing_})) {
    root_ = actors::spawn_root(
        system_,
        std::make_shared<actors::door_base>(root_path_, "supervisor", 1),
        describe_root(),
        [path = root_path_] { die(path + " was killed: starting over"); });
    if (config_.bus != nullptr)
      on_bus_ = config_.bus->serve(root_path_ + "/gateway", bus_gateway_);
  }

  ~impl() {
    leave_singletons();
    on_bus_.reset();
    *ending_ = true;
    caf::anon_send_exit(root_, caf::exit_reason::user_shutdown);
    root_ = nullptr;
    system_.await_all_actors_done();
  }

  /// The leases first: this server's writes are quickest while it leads.
  void step_down(duration patience) {
    leave_singletons();
    state_->step_down(patience);
  }

  actors::live_tree& tree() { return tree_; }

  http_handler handler() {
    return [slot = slot_](http_request request,
                          std::shared_ptr<http_responder> responder) {
      slot->handle(std::move(request), std::move(responder));
    };
  }

private:
  /// Others need not wait until this server's leases are silent.
  void leave_singletons() {
    for (const auto& one : singletons_)
      one->leave();
    const auto until = mono_now() + farewell_max;
    for (const auto& one : singletons_)
      if (!one->wait_left(until - mono_now()))
        log_warning(component, "a lease was not given back in time");
    singletons_.clear(); // once
  }

  /// A singleton that hears when the server ends.
  actors::child_spec singleton_child(singleton::singleton_spec spec) {
    singletons_.push_back(spec.handle);
    return singleton::singleton_child(std::move(spec), loop_ports());
  }

  std::shared_ptr<state::state_handle> make_state() const {
    return std::make_shared<state::state_handle>(
        std::make_shared<actors::door<state::call>>(
            root_path_ + "/state/main", "state", state_mailbox_max));
  }

  std::shared_ptr<raft_transport_port> make_transport() const {
    if (config_.voters.size() < 2)
      return nullptr;
    auto opened = config_.open_transport(
        [handle = state_](const raft::member_id& from, bytes_view octets) {
          handle->hear(from, octets);
        });
    if (!opened)
      die("the other servers cannot be reached: " + opened.error().message);
    return std::move(*opened);
  }

  std::shared_ptr<watch::hub_handle> make_hub() const {
    return std::make_shared<watch::hub_handle>(
        std::make_shared<actors::door<watch::call>>(
            root_path_ + "/watch", "watch", watch::mailbox_max),
        state_);
  }

  std::shared_ptr<const gateway::service_account_tokens> make_tokens() const {
    return std::make_shared<gateway::service_account_tokens>(
        gateway::token_settings{}, read_key(config_), state_.get(), wall_now);
  }

  gateway::writer_ports writer_ports() {
    return {state_.get(),
            wall_now,
            mono_now,
            random_id,
            make_workers(system_),
            config_.service_ranges,
            {config_.node_times.not_ready_toleration,
             config_.node_times.unreachable_toleration},
            std::make_shared<gateway::token_kinds>(tokens_),
            [ending = ending_] { return ending->load(); }};
  }

  gateway::gateway_config describe_gateway() const {
    gateway::gateway_config out;
    out.server_address = config_.server_address;
    out.openid_configuration = gateway::openid_configuration(
        tokens_->settings(), config_.server_address);
    out.openid_keys = gateway::openid_keys(tokens_->key());
    out.version.compiler = "gcc " __VERSION__;
    out.version.platform = "linux/amd64";
    return out;
  }

  gateway::gateway_ports gateway_ports() {
    gateway::gateway_ports out;
    out.store = state_.get();
    out.watch = hub_.get();
    out.writer = &writer_;
    out.wall_now = wall_now;
    out.mono_now = mono_now;
    out.random = random_u64;
    out.bus = config_.bus;
    out.run = make_workers(system_);
    out.tokens = {tokens_};
    return out;
  }

  actors::child_spec state_child() const {
    return {state_->entrance(),
            [handle = state_, settings = describe_state(config_, transport_)](
                caf::event_based_actor& parent) -> caf::actor {
              return parent.spawn<state::state_actor, caf::detached>(handle,
                                                                     settings);
            }};
  }

  actors::child_spec watch_child() const {
    return {hub_->entrance(),
            [handle = hub_](caf::event_based_actor& parent) -> caf::actor {
              return parent.spawn<watch::watch_actor>(
                  handle, watch::watch_actor_config{});
            }};
  }

  actors::child_spec gateway_child() {
    auto entrance = std::make_shared<gateway::gateway_door>(
        root_path_ + "/gateway", "gateway", 1);
    const auto tell = config_.on_standing ? config_.on_standing : [](bool) {};
    gateway::standing_watch watch{standing_,
                                  [nodes = bus_gateway_, tell] {
                                    nodes->end_watches();
                                    tell(false);
                                  },
                                  [tell] { tell(true); }};
    return {entrance,
            [entrance, slot = slot_, settings = describe_gateway(),
             ports = gateway_ports(), watch = std::move(watch)](
                caf::event_based_actor& parent) -> caf::actor {
              return parent.spawn<gateway::gateway_actor>(
                  entrance, slot, settings, ports, watch);
            }};
  }

  control::loop_ports loop_ports() {
    return {state_.get(), control::borrowed(local_), wall_now, mono_now,
            random_u64};
  }

  /// Under a name of upstream's, for leases and for who asks for them.
  singleton::election_config election(std::string component_name) const {
    singleton::election_config out;
    out.member = config_.member;
    out.user.name = "system:" + component_name;
    out.user.groups = {"system:authenticated"};
    out.lease = std::move(component_name);
    return out;
  }

  std::string controllers_path() const { return root_path_ + "/controller"; }

  /// Those that every server runs, lease or not.
  std::vector<actors::child_spec> common_controllers() {
    std::vector<actors::child_spec> out;
    for (auto& spec :
         controllers::all_controllers(describe_controllers(config_, tokens_)))
      if (spec.everywhere)
        out.push_back(controllers::controller_child(
            controllers_path(), std::move(spec), loop_ports()));
    return out;
  }

  /// The controllers of one holding of their lease have a supervisor of their
  /// own: one that keeps failing wears out their budget, not the root's.
  actors::child_spec controllers_child() {
    auto children = [path = controllers_path(),
                     about = describe_controllers(config_, tokens_),
                     given = loop_ports(), tree = &tree_](auto api) {
      auto ports = given;
      ports.api = std::move(api);
      actors::supervisor_config inner;
      inner.tree = tree;
      for (auto& spec : controllers::all_controllers(about))
        if (!spec.everywhere)
          inner.children.push_back(
              controllers::controller_child(path, std::move(spec), ports));
      return inner;
    };
    return singleton_child({controllers_path(),
                            election("kube-controller-manager"),
                            std::move(children)});
  }

  actors::child_spec scheduler_child() {
    auto children = [member = config_.member, given = loop_ports(),
                     tree = &tree_](auto api) {
      auto ports = given;
      ports.api = std::move(api);
      actors::supervisor_config inner;
      inner.tree = tree;
      inner.children.push_back(scheduler::scheduler_child(member, ports));
      return inner;
    };
    return singleton_child({root_path_ + "/scheduler",
                            election("kube-scheduler"), std::move(children)});
  }

  actors::supervisor_config describe_root() {
    actors::supervisor_config out;
    out.tree = &tree_;
    out.children = {state_child(), watch_child(), gateway_child()};
    for (auto& child : common_controllers())
      out.children.push_back(std::move(child));
    out.children.push_back(controllers_child());
    out.children.push_back(scheduler_child());
    out.give_up = [](const std::string& address) {
      die(address + " keeps failing: starting over");
    };
    return out;
  }

  control_plane_config config_;
  std::string root_path_;
  std::shared_ptr<std::atomic<bool>> ending_ =
      std::make_shared<std::atomic<bool>>(false);
  actors::live_tree tree_;
  actors::system_config caf_config_;
  caf::actor_system system_;
  std::shared_ptr<state::state_handle> state_;
  std::shared_ptr<raft_transport_port> transport_;
  std::shared_ptr<watch::hub_handle> hub_;
  std::shared_ptr<const gateway::service_account_tokens> tokens_;
  gateway::object_writer writer_;
  gateway::local_api local_;
  std::shared_ptr<gateway::gateway_slot> slot_;
  std::shared_ptr<gateway::server_standing> standing_;
  std::shared_ptr<gateway::bus_gateway> bus_gateway_;
  std::vector<std::shared_ptr<singleton::singleton_handle>> singletons_;
  caf::actor root_;
  std::unique_ptr<bus_registration> on_bus_;
};

control_plane::control_plane(control_plane_config config)
    : impl_(std::make_unique<impl>(std::move(config))) {
  // nop
}

control_plane::~control_plane() = default;

void control_plane::step_down(duration patience) {
  impl_->step_down(patience);
}

actors::live_tree& control_plane::tree() const {
  return impl_->tree();
}

http_handler control_plane::handler() const {
  return impl_->handler();
}

} // namespace troupe::wiring
