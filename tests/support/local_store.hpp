#pragma once

#include "runtime/store/store_fsm.hpp"
#include "runtime/store/store_port.hpp"

#include <deque>
#include <map>
#include <mutex>

namespace troupe::test {

/// The store itself behind `store_port`: one replica that is always leader and
/// commits at once. A call made while no other is running has answered when it
/// returns; one made from a callback, or beside another thread's, answers when
/// that one is done, so that everybody hears batches in the same order.
class local_store final : public store::store_port {
public:
  local_store() = default;

  /// Continues from what an image held.
  explicit local_store(store::store_fsm restored);

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

  /// Proposes and returns the outcome. Not from a callback.
  store::propose_outcome propose_now(store::proposal value);

  /// Applies a command that is no proposal.
  store::apply_outcome apply_now(store::command value);

  /// Moves the leader's wall clock: proposals with an earlier deadline expire.
  void set_wall_time(wall_time now);

  /// Moves the monotonic clock: waits whose deadline it passes time out.
  void set_mono_time(mono_time now);

  /// From now on nobody leads: proposals are refused, and linearizable reads
  /// wait until their deadline.
  void lose_leader();

  /// The root with everything a test may want to see.
  std::shared_ptr<const store::store_view> view() const;

private:
  class local_subscription;

  struct waiting {
    store::revision at;
    mono_time deadline;
    std::function<void(store::barrier_outcome)> done;
    store::barrier_outcome late = store::barrier_outcome::timed_out;
  };

  void run(std::function<void()> job);
  store::apply_outcome apply(store::command value);
  void answer_waiting();

  mutable std::mutex mutex_; ///< guards jobs_, running_ and root_
  std::deque<std::function<void()>> jobs_;
  bool running_ = false;

  /// Held while jobs and callbacks run; guards all that follows.
  std::recursive_mutex callbacks_;
  store::store_fsm fsm_;
  std::shared_ptr<const store::store_view> root_ = fsm_.snapshot();
  std::vector<waiting> waiting_;
  std::map<std::uint64_t, std::function<void(const store::applied_batch&)>>
      subscribers_;
  std::uint64_t next_subscriber_ = 1;
  wall_time wall_now_{};
  mono_time mono_now_{};
  bool leaderless_ = false;
};

} // namespace troupe::test
