#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>

namespace troupe {

/// The two time lines. Neither can be asked for the time: "now" is an input
/// (runtime/base/clock reads it, everything else is told).
struct wall_clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<wall_clock, duration>;
  static constexpr bool is_steady = false;
};

struct mono_clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<mono_clock, duration>;
  static constexpr bool is_steady = true;
};

/// Nanoseconds since 1970-01-01T00:00:00Z: for people and for timestamps.
using wall_time = wall_clock::time_point;

/// Nanoseconds since an arbitrary start, never going back: for timeouts.
using mono_time = mono_clock::time_point;

using duration = std::chrono::nanoseconds;

} // namespace troupe
