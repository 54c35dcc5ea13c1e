#pragma once

#include "messages/base/time_point.hpp"

namespace troupe::pod {

/// Bounds of a backoff.
struct backoff_limits {
  duration first;
  duration max;
  /// An entry older than this, seen from the event at hand, is forgotten.
  duration reset;
};

/// A wait that doubles. The first attempt after an event is free: it makes the
/// entry. Source: Kubernetes' pod lifecycle, "Container restarts".
struct backoff {
  duration wait{};   ///< 0: no entry
  wall_time since{}; ///< when the entry was last prolonged

  /// Whether an attempt at `now` comes too early after `event` (an exit).
  bool holds(wall_time event, wall_time now,
             const backoff_limits& limits) const;

  /// An attempt is made at `now` because of `event`: the next wait.
  void attempt(wall_time event, wall_time now, const backoff_limits& limits);

  friend bool operator==(const backoff&, const backoff&) = default;
};

} // namespace troupe::pod
