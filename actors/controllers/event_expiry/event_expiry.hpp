#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

/// Events go an hour after they were written last (Kubernetes: "Event",
/// kube-apiserver's --event-ttl).
namespace troupe::controllers::event_expiry {

using control::object_key;

inline constexpr duration kept = std::chrono::hours{1};

/// When an event was written last: the latest of creationTimestamp, the times
/// of managedFields, lastTimestamp, eventTime and series.lastObservedTime.
/// Times after `now` do not count, except creationTimestamp. An event without
/// any of them was never stamped, and counts as older than all others.
wall_time last_write(const codec::document& event, wall_time now);

/// Deletes the event if it was written last `kept` ago or before; otherwise
/// asks to be called again when that is so.
control::plan reconcile(const control::snapshot& view, const object_key& key);

/// The changed event.
void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

} // namespace troupe::controllers::event_expiry
