#include "actors/gateway/gateway_actor.hpp"

namespace troupe::gateway {

gateway_actor::gateway_actor(caf::actor_config& config,
                             std::shared_ptr<gateway_slot> slot,
                             gateway_config settings, gateway_ports ports)
    : caf::event_based_actor(config), slot_(std::move(slot)),
      settings_(std::move(settings)), ports_(std::move(ports)) {
  // nop
}

caf::behavior gateway_actor::make_behavior() {
  pipeline_ = std::make_shared<const request_pipeline>(settings_, ports_);
  slot_->put(pipeline_);
  return {
      // The supervisor's greeting: there is no mailbox to count.
      [](const actors::local<std::shared_ptr<actors::workload>>&) {},
  };
}

void gateway_actor::on_exit() {
  slot_->take_out(pipeline_);
}

} // namespace troupe::gateway
