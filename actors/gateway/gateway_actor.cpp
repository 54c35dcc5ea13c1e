#include "actors/gateway/gateway_actor.hpp"

#include "messages/base/overload.hpp"

namespace troupe::gateway {

gateway_actor::gateway_actor(caf::actor_config& config,
                             std::shared_ptr<gateway_door> entrance,
                             std::shared_ptr<gateway_slot> slot,
                             gateway_config settings, gateway_ports ports,
                             standing_watch watch)
    : actors::input_actor<gateway_input>(config, std::move(entrance)),
      slot_(std::move(slot)), settings_(std::move(settings)),
      ports_(std::move(ports)), watch_(std::move(watch)) {
  ports_.standing = watch_.standing;
}

void gateway_actor::begin() {
  pipeline_ = std::make_shared<const request_pipeline>(settings_, ports_);
  slot_->put(pipeline_);
  if (watch_.standing)
    look();
}

void gateway_actor::on_exit() {
  if (pipeline_)
    slot_->take_out(pipeline_);
}

void gateway_actor::handle(gateway_input& input) {
  std::visit(overload{
                 [this](standing_look&) { look(); },
                 [this](standing_seen& what) { seen(what); },
             },
             input);
}

void gateway_actor::look() {
  const auto now = ports_.mono_now();
  ports_.store->read_index(now + standing_patience,
                           [self = to_self(), now](auto outcome) {
                             self(standing_seen{now, outcome});
                           });
}

void gateway_actor::seen(const standing_seen& what) {
  if (what.outcome == store::barrier_outcome::reached) {
    watch_.standing->confirm(what.begun);
    if (watch_.confirmed)
      watch_.confirmed();
  } else if (watch_.standing->is_lost(ports_.mono_now()) && watch_.lost)
    watch_.lost();
  later(standing_interval, standing_look{});
}

} // namespace troupe::gateway
