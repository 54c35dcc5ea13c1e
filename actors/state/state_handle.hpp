#pragma once

#include "actors/state/state_core.hpp"
#include "runtime/base/reply.hpp"
#include "runtime/caf/door.hpp"
#include "runtime/store/store_port.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <variant>
#include <vector>

namespace troupe::state {

/// What a caller asks of the state actor. Dropped with its mailbox, a call
/// answers "unknown" or "unavailable" by itself.
struct propose_call {
  store::proposal proposal;
  reply<store::propose_outcome> done;
};

struct raise_call {
  store::raise_fence fence;
  wall_time deadline;
  reply<store::propose_outcome> done;
};

struct read_call {
  mono_time deadline;
  reply<store::barrier_outcome> done;
};

struct wait_call {
  store::revision at;
  mono_time deadline;
  reply<store::barrier_outcome> done;
};

struct snapshot_done {
  snapshot_saved saved;
};

/// Another replica spoke.
struct peer_call {
  replica_message message;
};

/// Another voter is to lead, if this one does.
struct resign_call {};

struct tick_call {};

using call = std::variant<propose_call, raise_call, read_call, wait_call,
                          snapshot_done, peer_call, resign_call, tick_call>;

/// Where the replica stands in its group.
struct standing {
  raft::role role = raft::role::follower;
  raft::term term;
  raft::member_id leader; ///< empty: not known
};

/// `store_port` in front of a state actor: it outlives the actor's
/// incarnations, and with it the published root and the subscribers. After a
/// restart from disk the replayed writes are not told twice.
class state_handle final : public store::store_port {
public:
  explicit state_handle(std::shared_ptr<actors::door<call>> entrance);

  const std::shared_ptr<actors::door<call>>& entrance() const {
    return entrance_;
  }

  std::shared_ptr<const store::store_snapshot> current() const override;
  void propose(store::proposal value,
               std::function<void(store::propose_outcome)> done) override;
  void raise(store::raise_fence value, wall_time deadline,
             std::function<void(store::propose_outcome)> done) override;
  void read_index(mono_time deadline,
                  std::function<void(store::barrier_outcome)> done) override;
  void wait_applied(store::revision at, mono_time deadline,
                    std::function<void(store::barrier_outcome)> done) override;
  std::pair<std::shared_ptr<const store::store_snapshot>,
            std::unique_ptr<store::subscription>>
  subscribe(std::function<void(const store::applied_batch&)> on_batch) override;

  /// What the transport heard from `from`, from any thread. What is none of its
  /// messages, or too much, is dropped.
  void hear(const raft::member_id& from, bytes_view octets);

  /// Hands leadership to the voter that is furthest, if this replica leads, and
  /// waits for that, at most `patience`. It will not lead again in this life.
  /// Not from the actor's thread.
  void step_down(duration patience);

  /// As last heard; from any thread.
  state::standing standing() const { return *standing_.load(); }

  // The actor's side; called from its thread.

  bool post(call what) { return entrance_->post(std::move(what)); }

  void publish(const state::publish& news);
  void tell(const raft::role_changed& now);
  ticket enter(reply<store::propose_outcome> done);
  ticket enter(reply<store::barrier_outcome> done);
  void answer(const answer_proposal& what);
  void answer(const answer_barrier& what);
  /// A new incarnation: calls of the old one are answered as lost.
  void forget_calls();

private:
  struct subscribers;

  std::shared_ptr<actors::door<call>> entrance_;
  std::atomic<std::shared_ptr<const store::store_snapshot>> current_;
  std::shared_ptr<subscribers> subscribers_;
  std::atomic<std::shared_ptr<const state::standing>> standing_;
  std::mutex standing_mutex_;
  std::condition_variable standing_changed_;
  std::unordered_map<ticket, reply<store::propose_outcome>> proposals_;
  std::unordered_map<ticket, reply<store::barrier_outcome>> barriers_;
  ticket last_ticket_;
};

} // namespace troupe::state
