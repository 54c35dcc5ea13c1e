#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

#include <string>
#include <vector>

/// Keeps the EndpointSlices of Services that have a selector (upstream's
/// endpointslice-controller.k8s.io).
namespace troupe::controllers::endpoint_slice {

using control::object_key;

/// `key` is a Service's. Its slices hold exactly the pods it selects that have
/// an address and have not ended; a pod on a node that is not there is left
/// out, unless the Service publishes whatever there is. Slices of a Service
/// that is gone are left to the garbage collector.
control::plan reconcile(const control::snapshot& view, const object_key& key);

void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

/// What it watches.
std::vector<std::string> watched();

} // namespace troupe::controllers::endpoint_slice
