#pragma once

#include "messages/base/time_point.hpp"

#include <chrono>
#include <optional>

namespace troupe::agent {

/// Now, on both time lines: intervals are measured on the one that never
/// jumps.
struct moment {
  mono_time mono;
  wall_time wall;
};

/// Notices that somebody set the wall clock.
class clock_watch {
public:
  /// How far the wall clock jumped since the last look; 0 for what may be a
  /// clock that is kept right in small steps.
  duration look(moment now) {
    constexpr duration jump_min = std::chrono::seconds{1};
    const auto distance =
        now.wall.time_since_epoch() - now.mono.time_since_epoch();
    const auto jump = distance - distance_.value_or(distance);
    if (distance_ && jump > -jump_min && jump < jump_min)
      return {};
    distance_ = distance;
    return jump;
  }

private:
  std::optional<duration> distance_; ///< of the two lines
};

} // namespace troupe::agent
