#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

#include <functional>
#include <string>
#include <vector>

/// Keeps EndpointSlices for Endpoints that somebody else keeps (upstream's
/// endpointslicemirroring-controller.k8s.io).
namespace troupe::controllers::endpoint_slice_mirroring {

using control::object_key;

/// `key` is an Endpoints'. Its slices hold what it holds if its Service is
/// there and has no selector, and if it does not ask to be left alone;
/// otherwise there are none.
control::plan reconcile(const control::snapshot& view, const object_key& key);

void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

/// What it watches.
std::vector<std::string> watched();

} // namespace troupe::controllers::endpoint_slice_mirroring
