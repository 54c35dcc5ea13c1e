#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"

#include <functional>

/// Keeps the pods of ReplicaSets; see actors/controllers/replicas.
namespace troupe::controllers::replica_set {

using control::object_key;

control::plan reconcile(const control::snapshot& view, const object_key& key);

void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

} // namespace troupe::controllers::replica_set
