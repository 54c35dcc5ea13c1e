#pragma once

#include "actors/controllers/replicas/keeper.hpp"
#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"

#include <functional>

/// The mind of the ReplicaSet and the ReplicationController controller: as many
/// pods as wanted (Kubernetes: "ReplicaSet").
namespace troupe::controllers::replicas {

/// Pods that are made or removed at once at most, upstream's number.
inline constexpr std::size_t burst_max = 500;

/// For the key of a keeper:
///
/// 1. claim pods: adopt what nobody has, let go what it does not select;
/// 2. make what is missing, twice as many each time as there are, so that a
///    namespace that takes no more is not stormed; or give up what is too much;
/// 3. with nothing to make or give up, or when that fails: say in the status
///    what is there, and look again when a pod becomes available.
///
/// The names of new pods follow from the keeper's uid and version alone, and
/// its version stays until they are there: whoever plans them again plans the
/// same pods.
///
/// For the key `keepers_of`: adopt pods of the namespace.
control::plan reconcile(const control::snapshot& view, const keeper_kind& kind,
                        const object_key& key);

/// The changed keeper; the keepers that control or controlled the changed pod;
/// for a pod that nobody controls and that is new or has other labels, its
/// namespace.
void keys_of(const keeper_kind& kind, const control::object_change& change,
             const std::function<void(const object_key&)>& enqueue);

} // namespace troupe::controllers::replicas
