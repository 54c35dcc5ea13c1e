#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

#include <string_view>

/// Rolls out what Deployments want through ReplicaSets (Kubernetes:
/// "Deployments").
namespace troupe::controllers::deployments {

using control::object_key;

/// For a Deployment's key, the first of these that has something to do:
///
/// 1. claim ReplicaSets: adopt what nobody has, let go what is not selected;
/// 2. tell the newest set, the one with the Deployment's template, its revision
///    and what users say of the Deployment;
/// 3. paused, or of another size than the sets were told (which the strategy
///    Recreate sees to itself): scale what is there;
/// 4. make the newest set, if there is none;
/// 5. one step of the rollout: rolling, or all old pods away first;
/// 6. complete: delete the oldest sets that are more than wanted.
///
/// With 2, 3, 5 and 6 goes a write of the status. A rollout that stands still
/// is looked at again when it would be late.
///
/// For the key `deployments_of`: adopt the ReplicaSets of the namespace that
/// nobody controls.
control::plan reconcile(const control::snapshot& view, const object_key& key);

/// The changed Deployment; those that control or controlled the changed
/// ReplicaSet; for one that nobody controls, its namespace.
void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

/// What the keys of all Deployments of a namespace begin with. As a key of its
/// own it stands for the ReplicaSets there that nobody controls.
object_key deployments_of(std::string_view ns);

} // namespace troupe::controllers::deployments
