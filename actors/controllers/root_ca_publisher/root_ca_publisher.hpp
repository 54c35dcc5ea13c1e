#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

#include <string>

/// Makes the cluster's authority known in every namespace, so that pods can
/// trust the API.
namespace troupe::controllers::root_ca_publisher {

using control::object_key;

/// Of a namespace that is not being deleted: creates the config map, or puts
/// it right. Without an authority there is nothing to publish.
control::plan reconcile(const std::string& root_ca,
                        const control::snapshot& view, const object_key& key);

/// The changed namespace, or that of the changed config map.
void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

} // namespace troupe::controllers::root_ca_publisher
