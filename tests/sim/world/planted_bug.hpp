#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe::sim {

/// Faults of the simulator's own parts that some checker must find: a checker
/// that cannot fail is worth nothing. None of them is in the product.
enum class planted_bug {
  none,
  lying_disk,      ///< a sync says it is done and does nothing
  late_disk,       ///< a sync makes durable what the one before should have
  forgotten_vote,  ///< a restart does not know for whom it voted
  amnesia,         ///< a restart begins with an empty disk
  swapped_entries, ///< the network swaps the payloads of two entries
  stale_read,      ///< a linearizable read asks nobody
  wrong_revision,  ///< a read of the past shows the present
  early_answer,    ///< a write is acknowledged before it is committed
  lost_guard,      ///< guards are not passed on
  lost_fence,      ///< fences are not passed on
  fresh_retry,     ///< a repeated proposal gets another id
  dropped_event,   ///< a watch leaves a change out
  doubled_event,   ///< a watch tells a change twice
  split_event,     ///< a watch tells a proposal in parts
  no_healing,      ///< the nemesis never stops
};

std::string_view to_string(planted_bug b);

/// All but `none`.
const std::vector<planted_bug>& planted_bugs();

/// `none` for a name that is none.
planted_bug planted_bug_of(std::string_view name);

} // namespace troupe::sim
