#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

#include <string>
#include <vector>

/// Keeps the Endpoints of Services that have a selector (upstream's
/// endpoint-controller).
namespace troupe::controllers::endpoints {

using control::object_key;

/// `key` is a Service's, there or not: Endpoints of the controller's that
/// outlived their Service go. Pods that are ending are left out, and those not
/// ready stand apart, unless the Service publishes whatever there is.
control::plan reconcile(const control::snapshot& view, const object_key& key);

void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

/// What it watches.
std::vector<std::string> watched();

} // namespace troupe::controllers::endpoints
