#include "tests/unit/actors/scheduler/scheduler_world.hpp"

#include "messages/view/core_v1.hpp"

namespace troupe::test {

namespace {

std::string describe_call(const api::request& request) {
  const auto& target = request.target;
  const auto where = target.ns + "/" + target.name;
  if (target.subresource == "binding")
    return "bind " + where + " to "
           + std::string{view::core_v1::binding{*request.body}.target().name()};
  if (target.subresource == "status") {
    std::string out = "status " + where;
    for (const auto& one :
         view::core_v1::pod{*request.body}.status().conditions())
      out += " " + std::string{one.type()} + "=" + std::string{one.status()}
             + " " + std::string{one.reason()} + ": "
             + std::string{one.message()};
    return out;
  }
  const view::core_v1::event event{*request.body};
  auto out = std::string{to_string(request.verb)} + " event "
             + std::string{event.involved_object().name()} + " "
             + std::string{event.type()} + " " + std::string{event.reason()}
             + " " + std::string{event.action()};
  if (event.series())
    out += " x" + std::to_string(event.series().count());
  return out + ": " + std::string{event.message()};
}

} // namespace

scheduler_runner::scheduler_runner(api_world& world)
    : loop_runner(world, [this] {
        auto core = std::make_unique<scheduler::scheduler_core>(
            "default-scheduler-s1", ++incarnation_);
        core_ = core.get();
        return core;
      }) {
  unique_times = true; // they name events
  on_call = [this](const api::request& request) {
    calls.push_back(describe_call(request));
  };
}

} // namespace troupe::test
