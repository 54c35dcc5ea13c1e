#pragma once

#include "node/cgroup/limits.hpp"

#include <string_view>

namespace troupe::cgroup {

/// A change of limits in two halves. The kernel keeps children within their
/// parents, so a set of changes applies every `raised` from the top down and
/// then every `lowered` from the bottom up.
struct limit_changes {
  limits raised;
  limits lowered;

  friend bool operator==(const limit_changes&, const limit_changes&) = default;
};

/// What of `wanted` differs from `current`, in halves. Quota and period stay
/// together, compared as a ratio; a field unknown in `current` counts as
/// raised, as do fields that no parent bounds.
limit_changes split_changes(const limits& current, const limits& wanted);

/// Whether the CPU list `inner` ("0-2,5") names only members of `outer`. A list
/// of another form contains nothing and is in nothing.
bool list_contains(std::string_view outer, std::string_view inner);

} // namespace troupe::cgroup
