#pragma once

#include "actors/gateway/gateway_slot.hpp"
#include "runtime/caf/door.hpp"

#include <caf/event_based_actor.hpp>

#include <memory>

namespace troupe::gateway {

/// Keeps a pipeline in the slot while it lives. Requests do not pass through
/// it: they run on the threads of the sockets. Killed, it has the requests that
/// come before the next incarnation wait for it; those at work are answered by
/// the pipeline they began with.
class gateway_actor : public caf::event_based_actor {
public:
  gateway_actor(caf::actor_config& config, std::shared_ptr<gateway_slot> slot,
                gateway_config settings, gateway_ports ports);

  const char* name() const override { return "gateway"; }

  void on_exit() override;

protected:
  caf::behavior make_behavior() override;

private:
  std::shared_ptr<gateway_slot> slot_;
  gateway_config settings_;
  gateway_ports ports_;
  gateway_slot::pipeline_ptr pipeline_;
};

} // namespace troupe::gateway
