#pragma once

#include "tests/sim/checker/report.hpp"
#include "tests/sim/scenario/options.hpp"
#include "tests/sim/world/counters.hpp"
#include "tests/sim/world/planted_bug.hpp"
#include "tests/sim/world/trace.hpp"

namespace troupe::sim {

struct run_result {
  report found;
  counters count;
  std::uint64_t digest = 0; ///< of everything that happened
  duration simulated{};
};

/// One cluster's life: faults and calls for as long as the options say, then
/// everything heals, every client must get answers, and the replicas must come
/// to the same end; then the history is checked. The same options give the same
/// run, on any machine.
run_result simulate(const options& drawn, planted_bug bug = planted_bug::none,
                    trace::listener listener = {});

} // namespace troupe::sim
