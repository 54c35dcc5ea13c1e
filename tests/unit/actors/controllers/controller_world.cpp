#include "tests/unit/actors/controllers/controller_world.hpp"

namespace troupe::test {

namespace {

/// The core, with what users should hear kept as text.
class recorded_core final : public control::control_loop {
public:
  recorded_core(const controllers::controller_spec& spec,
                std::vector<std::string>& events)
      : core_(spec, 1), events_(events) {}

  control::loop_effects step(const control::moment& now,
                             std::shared_ptr<const store::store_snapshot> view,
                             std::vector<control::loop_input> inputs) override {
    auto effects = core_.step(now, std::move(view), std::move(inputs));
    for (const auto& [about, note] : effects.events)
      events_.push_back(about.kind + " " + about.name + ": " + to_string(note));
    return effects;
  }

  bool quiet() const override { return core_.quiet(); }

private:
  controllers::controller_core core_;
  std::vector<std::string>& events_;
};

} // namespace

controller_runner::controller_runner(controller_world& world,
                                     controllers::controller_spec spec)
    : loop_runner(world, [this, spec = std::move(spec)] {
        return std::make_unique<recorded_core>(spec, events);
      }) {
  on_call = [this](const api::request& request) {
    writes.push_back(describe(request));
  };
}

bool controller_runner::step() {
  if (loop_runner::step())
    return true;
  if (quiet())
    return false;
  if (const auto at = wake_at(); at && *at > world_.mono)
    world_.advance(*at - world_.mono);
  return loop_runner::step();
}

bool controller_runner::step_until(mono_time end) {
  const auto at = wake_at();
  if (idle() && (quiet() || !at || *at > end)) {
    world_.advance(end - world_.mono);
    return false;
  }
  return step();
}

} // namespace troupe::test
