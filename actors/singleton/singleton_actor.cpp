#include "actors/singleton/singleton_actor.hpp"

#include "runtime/base/log.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace troupe::singleton {

/// The election, whose effects on children the actor carries out.
class singleton_actor::loop final : public control::control_loop {
public:
  explicit loop(singleton_actor& owner)
      : owner_(owner),
        election_(owner.singleton_.election, owner.ports().random()) {
    // nop
  }

  control::loop_effects step(const control::moment& now,
                             std::shared_ptr<const store::store_snapshot> view,
                             std::vector<control::loop_input> inputs) override {
    election_.fenced_off(store::revision{owner_.standing_->load()});
    auto& handle = *owner_.singleton_.handle;
    if (handle.is_leaving())
      election_.leave();
    auto effects = election_.step(now, std::move(view), std::move(inputs));
    owner_.carry_out(effects);
    if (election_.has_left())
      handle.left();
    return effects;
  }

  bool quiet() const override { return !election_.holding(); }

private:
  singleton_actor& owner_;
  lease_election election_;
};

namespace {

using maker = std::function<std::unique_ptr<control::control_loop>(
    const control::loop_ports&)>;

control::loop_spec describe(const singleton_spec& from, maker make) {
  control::loop_spec out;
  out.address = from.address;
  out.kind = "singleton";
  out.name = from.election.lease;
  out.prefixes = lease_election::prefixes(from.election);
  // A write, a read, and what raises the fence.
  out.answers_max = 4;
  out.make = std::move(make);
  return out;
}

} // namespace

singleton_actor::singleton_actor(
    caf::actor_config& config,
    std::shared_ptr<actors::door<control::loop_message>> entrance,
    singleton_spec spec, control::loop_ports ports)
    : control::loop_actor(
        config, std::move(entrance),
        describe(spec,
                 [this](const auto&) { return std::make_unique<loop>(*this); }),
        std::move(ports)),
      singleton_(std::move(spec)),
      standing_(std::make_shared<std::atomic<std::uint64_t>>(0)) {
  // nop
}

void singleton_actor::begin() {
  singleton_.handle->poke_with(
      [self = to_self()] { self(control::view_changed{}); });
  control::loop_actor::begin();
}

void singleton_actor::on_exit() {
  singleton_.handle->poke_with({});
  stop();
  control::loop_actor::on_exit();
}

void singleton_actor::carry_out(const election_effects& wanted) {
  if (wanted.stop)
    stop();
  if (wanted.raise)
    raise(*wanted.raise);
  if (wanted.start)
    start(*wanted.start);
}

void singleton_actor::raise(store::revision epoch) {
  ports().store->raise(
      {singleton_.election.lease, epoch},
      ports().wall_now() + ports().call_timeout,
      [self = to_self()](const auto&) { self(control::view_changed{}); });
}

void singleton_actor::start(store::revision epoch) {
  const auto& lease = singleton_.election.lease;
  log_info(lease, singleton_.election.member + " holds the lease, epoch "
                      + std::to_string(epoch.value()));
  door_ = std::make_shared<control::fenced_api>(
      ports().api, api::fence{lease, epoch.value()},
      [standing = standing_, self = to_self()](std::uint64_t epoch_of_other) {
        standing->store(epoch_of_other);
        self(control::view_changed{});
      });
  children_ = actors::spawn_linked(*this, singleton_.supervisor,
                                   singleton_.children(door_));
}

void singleton_actor::stop() {
  if (door_)
    door_->close();
  door_.reset();
  if (!children_)
    return;
  unlink_from(children_);
  caf::anon_send_exit(children_, caf::exit_reason::user_shutdown);
  children_ = nullptr;
}

actors::child_spec singleton_child(singleton_spec spec,
                                   control::loop_ports ports) {
  ports.call_timeout =
      std::min(ports.call_timeout, spec.election.renew_deadline / 2);
  const auto loop = describe(spec, {});
  spec.supervisor = std::make_shared<actors::door_base>(
      spec.address + "/supervisor", "supervisor", 1);
  auto entrance = std::make_shared<actors::door<control::loop_message>>(
      loop.address, loop.kind, loop.answers_max);
  auto spawn = [=](caf::event_based_actor& supervisor) -> caf::actor {
    return supervisor.spawn<singleton_actor>(entrance, spec, ports);
  };
  return {entrance, std::move(spawn)};
}

} // namespace troupe::singleton
