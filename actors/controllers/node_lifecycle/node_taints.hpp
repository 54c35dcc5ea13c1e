#pragma once

#include "actors/controllers/node_lifecycle/node_lifecycle.hpp"

namespace troupe::controllers::node_lifecycle {

/// The taints that all nodes should have, one write for each node that has
/// others.
///
/// * NoSchedule: as the conditions and spec.unschedulable say.
/// * NoExecute: not-ready while Ready is False, unreachable while it is
///   Unknown; one takes the place of the other at once, else it is given as
///   zones and rates allow. None is given, and all are taken back, while no
///   node is ready at all. Unreachable is given only once somebody was heard of
///   without a break for a grace period: before, the observer may be deaf.
control::plan plan_taints(const settings& how, const control::snapshot& view);

} // namespace troupe::controllers::node_lifecycle
