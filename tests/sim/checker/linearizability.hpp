#pragma once

#include "messages/base/time_point.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe::sim {

/// What one key, or one fence, holds: the number of a value (0: absent) and the
/// revision it was written at. Of a write whose answer was lost the revision
/// is not known. A fence's cell has its epoch for a revision.
struct cell {
  static constexpr std::uint64_t unknown = ~std::uint64_t{0};

  std::uint64_t value = 0;
  std::uint64_t revision = 0; ///< 0: absent, or `unknown`

  friend bool operator==(const cell&, const cell&) = default;
};

/// One operation on one cell: what it must have met, and what it left.
struct cell_operation {
  mono_time begun;
  /// Absent: nobody heard of its end. It may have happened at any time since
  /// it began, or never, and then only if it met what it must.
  std::optional<mono_time> ended;

  std::optional<std::uint64_t> met_value;
  std::optional<std::uint64_t> met_revision; ///< 0: absent
  std::optional<std::uint64_t> met_at_most;  ///< a fence's epoch
  bool met_something = false;                ///< not absent
  std::optional<cell> left;                  ///< absent: it changed nothing

  std::string text; ///< for people
};

/// Whether one order of these operations explains them all: each at one moment
/// between its beginning and its end. The search is Wing and Gong's (1993) with
/// Lowe's memory of where it has been (2017).
struct linearizability {
  enum class verdict { holds, broken, given_up };

  verdict outcome = verdict::holds;
  std::uint64_t steps = 0;
  /// When broken: the operations around the first that no order explains.
  std::string story;
};

linearizability search(std::vector<cell_operation> operations,
                       std::uint64_t steps_max = 4'000'000);

} // namespace troupe::sim
