#pragma once

#include "messages/base/time_point.hpp"

#include <algorithm>

namespace troupe {

/// Doubling delays between `first` and `most`, as restarts and reconnects use
/// them. Pure: the caller keeps the count.
struct backoff_policy {
  duration first = std::chrono::milliseconds{100};
  duration most = std::chrono::seconds{30};

  /// Delay before attempt `attempt` (0: the first retry).
  constexpr duration delay(unsigned attempt) const {
    auto value = first;
    for (unsigned i = 0; i < attempt && value < most; ++i)
      value *= 2;
    return std::min(value, most);
  }
};

} // namespace troupe
