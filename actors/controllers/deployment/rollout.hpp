#pragma once

#include "actors/controllers/deployment/status.hpp"

namespace troupe::controllers::deployments {

/// How many pods the newest set may have now; `sets` are all others.
std::int64_t newest_size(const target& wanted,
                         const std::vector<replica_set*>& others,
                         std::int64_t size);

/// A step of a rolling update: first the newest set grows as far as the bounds
/// allow; when it cannot, the old ones shrink: pods that are not available go
/// first, as they are missed by nobody, then available ones as far as enough
/// remain.
void step_rolling(const target& wanted, const replica_sets& sets);

/// The Deployment's size has changed, or nothing may be rolled out: all sets
/// change in proportion, so that a rollout stays where it is.
void scale(const target& wanted, const replica_sets& sets);

/// Whether the Deployment's size is another than its sets were told. Where old
/// sets go before the newest grows each has its size from that.
bool was_scaled(const target& wanted, const replica_sets& sets);

/// The oldest revisions that are more than wanted, and have no pods.
std::vector<const replica_set*> outlived(const target& wanted,
                                         const replica_sets& sets);

} // namespace troupe::controllers::deployments
