#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

#include <vector>

/// Keeps the namespaces that every cluster has: default, kube-node-lease,
/// kube-public and kube-system.
namespace troupe::controllers::system_namespaces {

using control::object_key;

/// Creates the namespace when it is not there. One that is being deleted is
/// made anew once it is gone.
control::plan reconcile(const control::snapshot& view, const object_key& key);

/// Namespaces of the cluster's own that disappeared.
void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

/// The keys of all of them, in order.
std::vector<object_key> keys();

} // namespace troupe::controllers::system_namespaces
