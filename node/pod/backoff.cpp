#include "node/pod/backoff.hpp"

#include <algorithm>

namespace troupe::pod {

namespace {

bool forgotten(const backoff& entry, wall_time event,
               const backoff_limits& limits) {
  return entry.wait == duration{} || event - entry.since > limits.reset;
}

} // namespace

bool backoff::holds(wall_time event, wall_time now,
                    const backoff_limits& limits) const {
  // An event to come: the clock was set back since.
  return !forgotten(*this, event, limits) && event <= now && now - event < wait;
}

void backoff::attempt(wall_time event, wall_time now,
                      const backoff_limits& limits) {
  wait = forgotten(*this, event, limits) ? limits.first
                                         : std::min(wait * 2, limits.max);
  since = now;
}

} // namespace troupe::pod
