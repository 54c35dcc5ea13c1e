#pragma once

#include "tests/sim/checker/committed_log.hpp"
#include "tests/sim/checker/report.hpp"
#include "tests/sim/scenario/options.hpp"
#include "tests/sim/world/counters.hpp"
#include "tests/sim/world/net.hpp"
#include "tests/sim/world/planted_bug.hpp"
#include "tests/sim/world/timeline.hpp"
#include "tests/sim/world/trace.hpp"

namespace troupe::sim {

/// What everything in one run shares; nothing in it belongs to one server.
struct environment {
  const options& drawn;
  planted_bug bug;
  timeline time;
  trace told;
  counters count;
  report found;
  committed_log log{found};
  sim::net net;

  environment(const options& o, planted_bug b)
      : drawn(o), bug(b),
        net(time, count, o.seed ^ 0x6e65'74, o.servers, o.links) {}

  template <class... Parts>
  void note(const Parts&... parts) {
    told.note(time.now(), parts...);
  }
};

} // namespace troupe::sim
