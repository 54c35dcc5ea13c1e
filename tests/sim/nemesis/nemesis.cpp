#include "tests/sim/nemesis/nemesis.hpp"

namespace troupe::sim {

nemesis::nemesis(environment& world,
                 std::vector<std::unique_ptr<server>>& servers,
                 std::uint64_t seed)
    : arena_{world, servers, prng{seed}} {}

duration nemesis::draw(duration low, duration high) {
  const auto width = static_cast<std::uint64_t>((high - low).count());
  return low
         + duration{static_cast<std::int64_t>(arena_.random.below(width + 1))};
}

void nemesis::start() {
  for (const auto& plan : arena_.world.drawn.faults)
    arrange(plan);
}

void nemesis::arrange(const fault_plan& plan) {
  arena_.world.time.after(draw(plan.every_min, plan.every_max), [this, &plan] {
    if (stopped_)
      return;
    strike(plan);
    arrange(plan);
  });
}

void nemesis::strike(const fault_plan& plan) {
  arena_.world.note("nemesis:", plan.kind);
  arena_.world.count.add("fault " + plan.kind);
  const auto number = ++struck_;
  under_way_.emplace(number, fault_kinds().at(plan.kind)(arena_));
  if (arena_.world.bug == planted_bug::no_healing)
    return;
  arena_.world.time.after(draw(plan.for_min, plan.for_max), [this, number] {
    if (auto over = under_way_.extract(number))
      over.mapped()();
  });
}

void nemesis::stop() {
  stopped_ = true;
  arena_.world.note("nemesis: stops");
  if (arena_.world.bug == planted_bug::no_healing)
    return;
  while (!under_way_.empty())
    under_way_.extract(under_way_.begin()).mapped()();
  // Elections need messages that are faster than their timeouts.
  const auto& o = arena_.world.drawn;
  arena_.world.net.calm(o.tick * o.election_ticks / 8);
  for (auto& server : arena_.servers) {
    server->resume();
    if (!server->up())
      server->start();
  }
}

} // namespace troupe::sim
