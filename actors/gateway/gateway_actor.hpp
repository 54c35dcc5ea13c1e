#pragma once

#include "actors/gateway/gateway_slot.hpp"
#include "runtime/caf/input_actor.hpp"

#include <functional>
#include <memory>
#include <variant>

namespace troupe::gateway {

/// Time to see whether a quorum is in reach.
struct standing_look {};

/// A linearizable read that tells has ended.
struct standing_seen {
  mono_time begun;
  store::barrier_outcome outcome = store::barrier_outcome::unavailable;
};

using gateway_input = std::variant<standing_look, standing_seen>;

using gateway_door = actors::door<gateway_input>;

/// How the gateway knows whether this server is one of those that agree.
struct standing_watch {
  std::shared_ptr<server_standing> standing;
  /// Called again and again while it has lost its standing.
  std::function<void()> lost = {};
  /// Called each time that its standing is confirmed.
  std::function<void()> confirmed = {};
};

/// Keeps a pipeline in the slot while it lives, and an eye on the server's
/// standing. Requests do not pass through it: they run on the threads of the
/// sockets. Killed, it has the requests that come before the next incarnation
/// wait for it; those at work are answered by the pipeline they began with.
class gateway_actor : public actors::input_actor<gateway_input> {
public:
  gateway_actor(caf::actor_config& config,
                std::shared_ptr<gateway_door> entrance,
                std::shared_ptr<gateway_slot> slot, gateway_config settings,
                gateway_ports ports, standing_watch watch);

  void on_exit() override;

protected:
  void begin() override;
  void handle(gateway_input& input) override;

private:
  void look();
  void seen(const standing_seen& what);

  std::shared_ptr<gateway_slot> slot_;
  gateway_config settings_;
  gateway_ports ports_;
  standing_watch watch_;
  gateway_slot::pipeline_ptr pipeline_;
};

} // namespace troupe::gateway
