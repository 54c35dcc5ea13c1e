#include "actors/scheduler/scheduler_actor.hpp"

#include "actors/scheduler/scheduler_core.hpp"

namespace troupe::scheduler {

actors::child_spec scheduler_child(const std::string& member,
                                   control::loop_ports ports) {
  control::loop_spec loop;
  loop.address = "/server/" + member + "/scheduler/queue";
  loop.kind = "scheduler";
  loop.name = "scheduler";
  loop.prefixes = scheduler_core::prefixes();
  loop.answers_max = scheduler_core::answers_max;
  // Drawn once by each incarnation, to choose among equal nodes.
  loop.make = [instance = std::string{scheduler_name} + "-"
                          + member](const control::loop_ports& given) {
    return std::make_unique<scheduler_core>(instance, given.random());
  };
  return control::loop_child(std::move(loop), std::move(ports));
}

} // namespace troupe::scheduler
