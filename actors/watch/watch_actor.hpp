#pragma once

#include "actors/watch/hub_handle.hpp"
#include "runtime/caf/input_actor.hpp"
#include "runtime/watch/watch_hub.hpp"

#include <unordered_map>

namespace troupe::watch {

struct watch_actor_config {
  hub_config hub;
  /// How late bookmarks and timeouts may be.
  duration tick = std::chrono::milliseconds{500};
};

/// The shell of the fan-out: the only caller of sinks. Its state is the store's
/// snapshot and the open watches; when it ends, they end as `unavailable`, and
/// their clients resume from the last revision they heard. The next incarnation
/// begins at the store's current snapshot.
class watch_actor : public actors::input_actor<call> {
public:
  watch_actor(caf::actor_config& config, std::shared_ptr<hub_handle> handle,
              watch_actor_config settings);

  void on_exit() override;

protected:
  void begin() override;
  void handle(call& input) override;
  void idle() override;

private:
  void open(open_call& what);
  void tick();
  void attend();
  void catch_up();
  void carry_out(const hub_output& what);
  void end(watch_id who, watch_end why);

  std::shared_ptr<hub_handle> handle_;
  watch_actor_config settings_;
  watch_hub hub_;
  std::unordered_map<watch_id, open_sink> sinks_;
};

} // namespace troupe::watch
