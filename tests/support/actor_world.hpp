#pragma once

#include "runtime/caf/supervisor_actor.hpp"
#include "runtime/caf/system_config.hpp"
#include "runtime/control/loop_actor.hpp"
#include "tests/support/api_world.hpp"

#include <caf/actor_system.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>

namespace troupe::test {

/// The world's store and write path for actors on several threads: one
/// call at a time, so that each has answered when it returns.
class locked_ports final : public control::api_port, public store::store_port {
public:
  explicit locked_ports(api_world& world) : world_(world) {}

  template <class F>
  auto exclusively(F what) {
    std::lock_guard guard{mutex_};
    return what();
  }

  void call(api::request request, mono_time,
            std::function<void(api::response)> done) override {
    done(exclusively([&] { return world_.call(std::move(request)); }));
  }

  std::shared_ptr<const store::store_snapshot> current() const override {
    return world_.store.current();
  }

  void propose(store::proposal value,
               std::function<void(store::propose_outcome)> done) override {
    std::lock_guard guard{mutex_};
    world_.store.propose(std::move(value), std::move(done));
  }

  void raise(store::raise_fence value, wall_time deadline,
             std::function<void(store::propose_outcome)> done) override {
    std::lock_guard guard{mutex_};
    world_.store.raise(std::move(value), deadline, std::move(done));
  }

  void read_index(mono_time deadline,
                  std::function<void(store::barrier_outcome)> done) override {
    std::lock_guard guard{mutex_};
    world_.store.read_index(deadline, std::move(done));
  }

  void wait_applied(store::revision at, mono_time deadline,
                    std::function<void(store::barrier_outcome)> done) override {
    std::lock_guard guard{mutex_};
    world_.store.wait_applied(at, deadline, std::move(done));
  }

  std::pair<std::shared_ptr<const store::store_snapshot>,
            std::unique_ptr<store::subscription>>
  subscribe(
      std::function<void(const store::applied_batch&)> on_batch) override {
    return world_.store.subscribe(std::move(on_batch));
  }

private:
  api_world& world_;
  std::mutex mutex_;
};

/// Loops' actors in a world, supervised, on real threads.
class actor_world {
public:
  actor_world();
  ~actor_world();

  /// For the loops. The clocks are real; `random` is always the same.
  control::loop_ports ports();

  /// Starts them; once.
  void start(std::vector<actors::child_spec> children);

  /// `what` while nobody calls the write path.
  template <class F>
  auto exclusively(F what) {
    return locked.exclusively(std::move(what));
  }

  void place(const std::string& yaml);

  /// Waits until the store is as wanted.
  bool comes_true(const std::function<bool()>& wanted);

  api_world world;
  locked_ports locked{world};
  std::vector<std::shared_ptr<actors::door_base>> doors; ///< of the children

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<store::subscription> subscription_;
  actors::system_config config_;

public:
  caf::actor_system system{config_};

private:
  caf::actor root_;
};

} // namespace troupe::test
