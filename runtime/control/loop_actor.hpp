#pragma once

#include "runtime/caf/input_actor.hpp"
#include "runtime/caf/supervisor_actor.hpp"
#include "runtime/control/api_port.hpp"
#include "runtime/control/control_loop.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::control {

/// How a loop gets at the world. All outlives every incarnation.
struct loop_ports {
  store::store_port* store = nullptr;
  std::shared_ptr<api_port> api;
  std::function<wall_time()> wall_now;
  std::function<mono_time()> mono_now;
  std::function<std::uint64_t()> random;
  /// How long a call or a linearizable read may take.
  duration call_timeout = std::chrono::seconds{30};
};

/// A loop as a value.
struct loop_spec {
  std::string address; ///< "/server/s1/controller/namespace"
  std::string kind;    ///< "controller"
  std::string name;    ///< in the log
  /// What to hear of, as prefixes of keys.
  std::vector<std::string> prefixes;
  /// Answers that can be under way: room its mailbox must have.
  std::size_t answers_max = 1;
  /// Called by each incarnation.
  std::function<std::unique_ptr<control_loop>(const loop_ports&)> make;
};

/// The local replica has moved on.
struct view_changed {};

/// The loop asked to be stepped by now.
struct moment_came {};

/// What the actor hears, all of it from its own callbacks.
using loop_message =
    std::variant<view_changed, moment_came, call_answered, read_ended>;

/// The shell of a loop: it steps it with everything that has arrived and the
/// newest view, then sends what it wants. It keeps nothing that the next
/// incarnation would miss.
class loop_actor : public actors::input_actor<loop_message> {
public:
  loop_actor(caf::actor_config& config,
             std::shared_ptr<actors::door<loop_message>> entrance,
             loop_spec spec, loop_ports ports);

  void on_exit() override;

protected:
  void begin() override;
  void handle(loop_message& input) override;
  void idle() override;

  const loop_ports& ports() const { return ports_; }

private:
  void step();
  void call(call_effect& effect);
  void read();
  void wake(mono_time at);

  loop_spec spec_;
  loop_ports ports_;
  std::unique_ptr<control_loop> loop_;
  std::vector<loop_input> inputs_;
  /// Whether a `view_changed` is on its way; set on the state's thread.
  std::shared_ptr<std::atomic<bool>> news_;
  std::optional<mono_time> wake_at_;
  std::unique_ptr<store::subscription> subscription_;
};

/// The loop as a supervised child.
actors::child_spec loop_child(loop_spec spec, loop_ports ports);

} // namespace troupe::control
