#pragma once

#include "tests/sim/checker/committed_log.hpp"
#include "tests/sim/checker/report.hpp"
#include "tests/sim/workload/history.hpp"
#include "tests/sim/world/counters.hpp"

/// What is asked of a whole history once it has ended. Each says on its own
/// what it finds.
namespace troupe::sim {

/// Every key and every fence behaves like one that exists once and is used by
/// one client after the other. Knows what clients heard and nothing else.
void check_linearizable(const history& all, counters& count, report& out);

/// What was acknowledged is there, under the revisions that were told; what was
/// refused is not.
void check_outcomes(const history& all, const committed_log& log, report& out);

/// Reads show the state of exactly one revision; linearizable ones not an older
/// one than anybody had heard of when they began.
void check_reads(const history& all, const committed_log& log, report& out);

/// Nothing that began after a fence was known to be raised passed it.
void check_fences(const history& all, const committed_log& log, report& out);

/// Watches tell each change of their prefix once, in order, with all of one
/// proposal together, and leave none out.
void check_watches(const history& all, const committed_log& log, report& out);

} // namespace troupe::sim
