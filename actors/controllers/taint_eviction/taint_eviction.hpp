#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

/// Evicts pods from nodes with NoExecute taints (Kubernetes: taint-eviction-
/// controller; documentation, "Taints and Tolerations").
namespace troupe::controllers::taint_eviction {

using control::object_key;

/// `key` is that of a Node: which of its pods go now, and which later.
control::plan reconcile(const control::snapshot& view, const object_key& key);

/// The key of the node that changed, or that the changed pod is bound to.
void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

} // namespace troupe::controllers::taint_eviction
