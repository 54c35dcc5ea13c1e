#include "actors/state/state_actor.hpp"

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
  replica_.reset();
  disk_.reset();
  handle_->forget_calls();
}

void state_actor::begin() {
  auto disk = settings_.open_disk();
  if (!disk)
    return settings_.fatal(disk.error());
  disk_ = std::move(*disk);
  // A new incarnation must not take answers meant for the one before.
  settings_.replica.core.raft.seed = random_u64();
  std::vector<std::string> findings;
  auto opened = replica::open(*disk_, settings_.replica, findings);
  if (!opened)
    return settings_.fatal(opened.error());
  replica_ = std::move(*opened);
  for (const auto& finding : findings)
    log_warning("state", finding);
  handle_->publish({replica_->core().view(), {}});
  tick();
}

void state_actor::handle(call& input) {
  std::visit(
      overload{
          [this](propose_call& c) {
            if (replica_->full())
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
          [this](peer_call& c) {
            batch_.push_back(replica::input_of(std::move(c.message)));
          },
          [this](resign_call&) { batch_.push_back(resign{}); },
          [this](tick_call&) { tick(); },
      },
      input);
}

void state_actor::idle() {
  if (!batch_.empty())
    run();
}

void state_actor::tick() {
  batch_.push_back(time_passed{wall_now(), mono_now()});
  run();
  later(settings_.tick, tick_call{});
}

void state_actor::run() {
  auto batch = std::exchange(batch_, {});
  const auto sink = [this](replica_effect what) { carry_out(std::move(what)); };
  if (auto done = replica_->step(batch, sink); !done)
    return settings_.fatal(done.error());
  while (replica_->wants_sync()) {
    const auto moved = replica_->sync(sink);
    if (!moved)
      return settings_.fatal(moved.error());
    if (!*moved)
      return;
  }
}

void state_actor::carry_out(replica_effect effect) {
  std::visit(overload{
                 [&](send_message& e) { send(e.message); },
                 [&](answer_proposal& e) { handle_->answer(e); },
                 [&](answer_barrier& e) { handle_->answer(e); },
                 [&](publish& e) { handle_->publish(e); },
                 [&](save_snapshot& e) { start_snapshot(std::move(e)); },
                 [&](raft::role_changed& e) { handle_->tell(e); },
                 [&](raft::transfer_failed&) {},
             },
             effect);
}

void state_actor::send(const replica_message& message) {
  if (!settings_.transport)
    return;
  const auto* of_raft = std::get_if<raft::message>(&message);
  const bool bulk =
      of_raft && std::holds_alternative<raft::snapshot_chunk>(of_raft->body);
  settings_.transport->send(receiver_of(message), encode(message), bulk);
}

void state_actor::start_snapshot(save_snapshot what) {
  if (snapshot_thread_.joinable())
    snapshot_thread_.join();
  snapshot_thread_ = std::thread{[handle = handle_, settings = settings_,
                                  what = std::move(what)] {
    auto disk = settings.open_disk();
    auto written = disk ? write_store_snapshot(**disk, settings.replica.log,
                                               settings.replica.core.raft.group,
                                               what.at, *what.view)
                        : status_result{disk.error()};
    if (!written)
      log_error("state", "snapshot: " + written.error().message);
    handle->post(snapshot_done{{what.at, written.has_value()}});
  }};
}

} // namespace troupe::state
