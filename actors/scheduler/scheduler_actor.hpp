#pragma once

#include "actors/scheduler/scheduler_core.hpp"
#include "runtime/caf/input_actor.hpp"
#include "runtime/caf/supervisor_actor.hpp"
#include "runtime/control/api_port.hpp"

#include <atomic>
#include <functional>
#include <memory>

namespace troupe::scheduler {

/// How the scheduler gets at the world. The ports outlive every incarnation.
struct scheduler_ports {
  store::store_port* store = nullptr;
  control::api_port* api = nullptr;
  std::function<wall_time()> wall_now;
  std::function<mono_time()> mono_now;
  /// Drawn once by each incarnation, to choose among equal nodes.
  std::function<std::uint64_t()> random;
  /// How long a write or a linearizable read may take.
  duration call_timeout = std::chrono::seconds{30};
};

/// The local replica has moved on.
struct view_changed {};

/// The core asked to be stepped by now.
struct moment_came {};

/// What the actor hears, all of it from its own callbacks.
using scheduler_input =
    std::variant<view_changed, moment_came, call_answered, read_ended>;

/// The shell: it steps the core with everything that has arrived and the
/// newest view, then sends what the core wants written. It keeps nothing that
/// the next incarnation would miss.
class scheduler_actor : public actors::input_actor<scheduler_input> {
public:
  scheduler_actor(caf::actor_config& config,
                  std::shared_ptr<actors::door<scheduler_input>> entrance,
                  std::string instance, scheduler_ports ports);

  void on_exit() override;

protected:
  void begin() override;
  void handle(scheduler_input& input) override;
  void idle() override;

private:
  void step();
  void call(call_effect& effect);
  void read();
  void wake(mono_time at);

  std::string instance_;
  scheduler_ports ports_;
  std::unique_ptr<scheduler_core> core_;
  std::vector<core_input> inputs_;
  /// Whether a `view_changed` is on its way; set on the state's thread.
  std::shared_ptr<std::atomic<bool>> news_;
  std::optional<mono_time> wake_at_;
  std::unique_ptr<store::subscription> subscription_;
};

/// The scheduler of `member` ("s1") as a supervised child; its door is
/// "/server/s1/scheduler/queue". While it runs no other one may.
actors::child_spec scheduler_child(const std::string& member,
                                   scheduler_ports ports);

} // namespace troupe::scheduler
