#include "actors/state/state_actor.hpp"

#include "messages/base/check.hpp"
#include "messages/base/overload.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/entropy.hpp"
#include "runtime/base/log.hpp"

#include <thread>

namespace troupe::state {

state_actor::state_actor(caf::actor_config& config,
                         std::shared_ptr<state_handle> handle,
                         state_actor_config settings)
    : actors::input_actor<call>(config, handle->entrance()),
      handle_(std::move(handle)), settings_(std::move(settings)) {
  // nop
}

void state_actor::on_exit() {
  // Here, not in the destructor: the next incarnation may start before the
  // last reference to this one is gone.
  if (snapshot_thread_.joinable())
    snapshot_thread_.join();
  storage_.reset();
  disk_.reset();
  handle_->forget_calls();
}

void state_actor::begin() {
  TROUPE_CHECK(settings_.core.raft.voters.size() == 1,
               "no transport carries messages between replicas yet");
  auto disk = settings_.open_disk();
  if (!disk)
    return settings_.fatal(disk.error());
  disk_ = std::move(*disk);
  recovered_replica found;
  auto storage = replica_storage::open(*disk_, settings_.log,
                                       settings_.core.raft.group, true, found);
  if (!storage)
    return settings_.fatal(storage.error());
  storage_ = std::move(*storage);
  for (const auto& finding : found.findings)
    log_warning("state", finding);
  // A new incarnation must not take answers meant for the one before.
  settings_.core.raft.seed = random_u64();
  core_ = std::make_unique<state_core>(settings_.core, std::move(found.raft),
                                       std::move(found.store));
  handle_->publish({core_->view(), {}});
  tick();
}

void state_actor::handle(call& input) {
  std::visit(
      overload{
          [this](propose_call& c) {
            if (storage_->full())
              return c.done(store::overloaded{"the disk is full"});
            batch_.push_back(propose_command{handle_->enter(std::move(c.done)),
                                             std::move(c.proposal)});
          },
          [this](raise_call& c) {
            batch_.push_back(raise_command{handle_->enter(std::move(c.done)),
                                           std::move(c.fence), c.deadline});
          },
          [this](read_call& c) {
            batch_.push_back(
                read_barrier{handle_->enter(std::move(c.done)), c.deadline});
          },
          [this](wait_call& c) {
            batch_.push_back(wait_revision{handle_->enter(std::move(c.done)),
                                           c.at, c.deadline});
          },
          [this](snapshot_done& c) { batch_.push_back(c.saved); },
          [this](tick_call&) { tick(); },
      },
      input);
}

void state_actor::idle() {
  if (!batch_.empty())
    run(std::exchange(batch_, {}));
}

void state_actor::tick() {
  batch_.push_back(time_passed{wall_now(), mono_now()});
  run(std::exchange(batch_, {}));
  later(settings_.tick, tick_call{});
}

void state_actor::run(std::vector<input> inputs) {
  // Storage completed is input again, until nothing more follows from it.
  do {
    auto effects = core_->step(inputs);
    std::vector<raft::effect> storage;
    carry_out(effects, storage);
    inputs.clear();
    if (!make_durable(storage, inputs))
      return;
  } while (!inputs.empty());
}

void state_actor::carry_out(std::vector<effect>& effects,
                            std::vector<raft::effect>& storage) {
  for (auto& what : effects)
    std::visit(overload{
                   [&](raft::effect& e) { storage.push_back(std::move(e)); },
                   [&](answer_proposal& e) { handle_->answer(e); },
                   [&](answer_barrier& e) { handle_->answer(e); },
                   [&](publish& e) { handle_->publish(e); },
                   [&](save_snapshot& e) { start_snapshot(std::move(e)); },
               },
               what);
}

bool state_actor::make_durable(std::vector<raft::effect>& storage,
                               std::vector<input>& out) {
  auto taken = storage_->take(storage, core_->raft().log().start());
  auto durable = taken ? storage_->sync() : taken.error();
  if (!durable) {
    settings_.fatal(durable.error());
    return false;
  }
  if (*durable > reported_) {
    reported_ = *durable;
    out.push_back(raft::input{raft::persisted{*durable}});
  }
  return true;
}

void state_actor::start_snapshot(save_snapshot what) {
  if (snapshot_thread_.joinable())
    snapshot_thread_.join();
  snapshot_thread_ = std::thread{
      [handle = handle_, settings = settings_, what = std::move(what)] {
        auto disk = settings.open_disk();
        auto written = disk ? write_store_snapshot(**disk, settings.log,
                                                   settings.core.raft.group,
                                                   what.at, *what.view)
                            : status_result{disk.error()};
        if (!written)
          log_error("state", "snapshot: " + written.error().message);
        handle->post(snapshot_done{{what.at, written.has_value()}});
      }};
}

} // namespace troupe::state
