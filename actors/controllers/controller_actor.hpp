#pragma once

#include "actors/controllers/controller_core.hpp"
#include "runtime/caf/input_actor.hpp"
#include "runtime/caf/supervisor_actor.hpp"
#include "runtime/control/api_port.hpp"
#include "runtime/events/event_recorder.hpp"

#include <atomic>
#include <functional>
#include <memory>

namespace troupe::controllers {

/// How a controller gets at the world. The ports outlive every incarnation.
struct controller_ports {
  store::store_port* store = nullptr;
  control::api_port* api = nullptr;
  std::function<wall_time()> wall_now;
  std::function<mono_time()> mono_now;
  /// Drawn once by each incarnation, to spread its retries.
  std::function<std::uint64_t()> random;
  /// How long a write or a linearizable read may take.
  duration call_timeout = std::chrono::seconds{30};
};

/// The local replica has moved on.
struct view_changed {};

/// The core asked to be stepped by now.
struct moment_came {};

/// What a controller's actor hears, all of it from its own callbacks.
using controller_input =
    std::variant<view_changed, moment_came, write_answered, read_ended>;

/// The shell of one controller: it steps the core with everything that has
/// arrived and the newest view, then sends what the core wants written. It
/// keeps nothing that the next incarnation would miss.
class controller_actor : public actors::input_actor<controller_input> {
public:
  controller_actor(caf::actor_config& config,
                   std::shared_ptr<actors::door<controller_input>> entrance,
                   controller_spec spec, controller_ports ports);

  void on_exit() override;

protected:
  void begin() override;
  void handle(controller_input& input) override;
  void idle() override;

private:
  void step();
  void write(write_effect& effect);
  void read();
  void wake(mono_time at);

  controller_spec spec_;
  controller_ports ports_;
  std::unique_ptr<controller_core> core_;
  std::unique_ptr<events::event_recorder> events_;
  std::vector<core_input> inputs_;
  /// Whether a `view_changed` is on its way; set on the state's thread.
  std::shared_ptr<std::atomic<bool>> news_;
  std::optional<mono_time> wake_at_;
  std::unique_ptr<store::subscription> subscription_;
};

/// A controller as a supervised child: its door is `<parent>/<name>`, as in
/// "/server/s1/controller/namespace".
actors::child_spec controller_child(const std::string& parent,
                                    controller_spec spec,
                                    controller_ports ports);

} // namespace troupe::controllers
