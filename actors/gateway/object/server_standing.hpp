#pragma once

#include "messages/base/time_point.hpp"

#include <atomic>

namespace troupe::gateway {

/// Between two looks whether a quorum of the servers is in reach, and how long
/// each may take. Shorter than `standing_lost_after` together.
inline constexpr duration standing_interval = std::chrono::seconds{1};
inline constexpr duration standing_patience = std::chrono::seconds{3};

/// Longer than the servers take to find a new leader.
inline constexpr duration standing_lost_after = std::chrono::seconds{5};

/// Whether this server is one of those that agree: as long as its linearizable
/// reads succeed. One that is cut off goes on with what it knows, which says
/// less and less about the cluster, and nothing in it would tell. Safe from any
/// thread.
class server_standing {
public:
  /// A server that starts has the benefit of the doubt.
  explicit server_standing(mono_time now) : confirmed_{now} {}

  /// A linearizable read that began at `begun` has succeeded.
  void confirm(mono_time begun);

  /// Nothing was confirmed for too long.
  bool is_lost(mono_time now) const;

private:
  std::atomic<mono_time> confirmed_;
};

} // namespace troupe::gateway
