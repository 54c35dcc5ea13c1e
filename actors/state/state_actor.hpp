#pragma once

#include "actors/state/replica.hpp"
#include "actors/state/state_handle.hpp"
#include "runtime/caf/input_actor.hpp"
#include "runtime/port/raft_transport.hpp"

#include <functional>
#include <memory>
#include <thread>

namespace troupe::state {

/// How a state actor gets at the world.
struct state_actor_config {
  replica_config replica;
  /// To the other voters; null for a sole one. What it hears goes to
  /// `state_handle::hear`.
  std::shared_ptr<raft_transport_port> transport;
  /// Opens the replica's directory; called for each incarnation, and once more
  /// for each snapshot's thread.
  std::function<result<std::unique_ptr<disk_port>>()> open_disk;
  duration tick = std::chrono::milliseconds{100};
  /// The disk cannot be trusted or read: ends the process. Never returns.
  std::function<void(const error&)> fatal;
};

/// The shell of one replica, on a thread of its own (spawn it detached): it
/// drains its mailbox, steps the core once, syncs once, and answers. Started
/// again, it recovers everything from disk.
class state_actor : public actors::input_actor<call> {
public:
  state_actor(caf::actor_config& config, std::shared_ptr<state_handle> handle,
              state_actor_config settings);
  void on_exit() override;

protected:
  void begin() override;
  void handle(call& input) override;
  void idle() override;

private:
  void tick();
  void run();
  void carry_out(replica_effect effect);
  void send(const replica_message& message);
  void start_snapshot(save_snapshot what);

  std::shared_ptr<state_handle> handle_;
  state_actor_config settings_;
  std::unique_ptr<disk_port> disk_;
  std::unique_ptr<replica> replica_;
  std::vector<input> batch_;
  std::thread snapshot_thread_;
};

} // namespace troupe::state
