#include "actors/controllers/controller_actor.hpp"

#include "actors/controllers/controller_core.hpp"
#include "runtime/events/event_recorder.hpp"

namespace troupe::controllers {

namespace {

/// The core, with what users should hear recorded.
class recording_loop final : public control::control_loop {
public:
  recording_loop(const controller_spec& spec, const control::loop_ports& ports)
      : core_(spec, ports.random()), api_(ports.api),
        events_(*api_, {spec.reporter, {}, control::identity_of(spec.name)},
                ports.wall_now, ports.mono_now) {
    // nop
  }

  control::loop_effects step(const control::moment& now,
                             std::shared_ptr<const store::store_snapshot> view,
                             std::vector<control::loop_input> inputs) override {
    auto effects = core_.step(now, std::move(view), std::move(inputs));
    for (const auto& [about, note] : effects.events)
      events_.record(about, note);
    return effects;
  }

  bool quiet() const override { return core_.quiet(); }

private:
  controller_core core_;
  std::shared_ptr<control::api_port> api_; ///< outlives what records there
  events::event_recorder events_;
};

} // namespace

actors::child_spec controller_child(const std::string& parent,
                                    controller_spec spec,
                                    control::loop_ports ports) {
  control::loop_spec loop;
  loop.address = parent + "/" + spec.name;
  loop.kind = "controller";
  loop.name = spec.name;
  loop.prefixes = spec.watches.prefixes;
  loop.answers_max = controller_core::answers_max;
  loop.make = [spec = std::move(spec)](const control::loop_ports& given) {
    return std::make_unique<recording_loop>(spec, given);
  };
  return control::loop_child(std::move(loop), std::move(ports));
}

} // namespace troupe::controllers
