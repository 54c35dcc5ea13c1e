#pragma once

#include "runtime/base/backoff.hpp"

#include <cstddef>
#include <deque>
#include <optional>

namespace troupe::actors {

/// Which children start again when one dies.
enum class restart_strategy {
  one_for_one,  ///< the one that died
  rest_for_one, ///< it and those started after it
  one_for_all,  ///< all
};

/// How often a child may die before its supervisor gives up and dies itself.
struct restart_policy {
  unsigned restarts_max = 10; ///< within `window`
  duration window = std::chrono::seconds{60};
  backoff_policy backoff{std::chrono::milliseconds{10},
                         std::chrono::seconds{5}};
};

/// The recent deaths of one child. Pure.
class restart_history {
public:
  /// Counts a death at `now`: the delay before the next start, or nothing
  /// when the policy is exhausted. Deaths older than the window are forgotten,
  /// so a child that has been well for a while starts at once again.
  std::optional<duration> died(const restart_policy& policy, mono_time now) {
    while (!deaths_.empty() && now - deaths_.front() > policy.window)
      deaths_.pop_front();
    if (deaths_.size() >= policy.restarts_max)
      return std::nullopt;
    deaths_.push_back(now);
    return policy.backoff.delay(static_cast<unsigned>(deaths_.size() - 1));
  }

private:
  std::deque<mono_time> deaths_;
};

} // namespace troupe::actors
