#pragma once

#include "messages/protocol/store.hpp"
#include "runtime/store/store_snapshot.hpp"

#include <functional>
#include <memory>

namespace troupe::store {

/// The outcome of waiting until a local replica is fresh enough.
enum class barrier_outcome {
  reached,     ///< `current()` now covers it
  timed_out,   ///< the deadline passed first
  unavailable, ///< no leader answers
};

/// The events of what was applied, in revision order, with the snapshot that
/// holds them. Empty only when `jumped`.
struct applied_batch {
  std::shared_ptr<const store_snapshot> snapshot;
  std::vector<event> events;
  /// More has changed than the events tell: it came from a raft snapshot.
  bool jumped = false;
};

/// Ends its subscription when destroyed; afterwards no call is running.
class subscription {
public:
  virtual ~subscription() = default;
};

/// The door to the replicated state, for the gateway pipeline and the watch
/// hub. Implemented by the state actor's handle (`actors/state`) and, in
/// tests, by the store itself. Every call is safe from any thread and returns
/// at once; callbacks run on the state thread and must not block.
class store_port {
public:
  virtual ~store_port() = default;

  /// The newest applied root of the local replica. Never null.
  virtual std::shared_ptr<const store_snapshot> current() const = 0;

  /// Proposes; `done` hears exactly one outcome, at the latest shortly after
  /// the proposal's deadline. When it hears `committed`, `current()` already
  /// covers the write.
  virtual void propose(proposal value,
                       std::function<void(propose_outcome)> done) = 0;

  /// Raises a fence; `done` hears as above: `committed` when it stands at that
  /// epoch, and `current()` says so, or `fenced_off` when it is past it.
  virtual void raise(raise_fence value, wall_time deadline,
                     std::function<void(propose_outcome)> done) = 0;

  /// A linearizable read: when `done` hears `reached`, `current()` covers
  /// every write acknowledged anywhere before this call.
  virtual void read_index(mono_time deadline,
                          std::function<void(barrier_outcome)> done) = 0;

  /// Waits until `current()` covers `at`.
  virtual void wait_applied(revision at, mono_time deadline,
                            std::function<void(barrier_outcome)> done) = 0;

  /// Hears every batch applied after this call, in order, without gaps but for
  /// those that `jumped` tells of, and receives the snapshot that precedes the
  /// first of them.
  virtual std::pair<std::shared_ptr<const store_snapshot>,
                    std::unique_ptr<subscription>>
  subscribe(std::function<void(const applied_batch&)> on_batch) = 0;
};

} // namespace troupe::store
