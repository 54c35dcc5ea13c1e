#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

#include <cstddef>

/// Removes pods that nobody else will (Kubernetes: pod-garbage-collector-
/// controller).
namespace troupe::controllers::pod_gc {

using control::object_key;

struct settings {
  /// How long a node must be missing before its pods are orphans.
  duration quarantine = std::chrono::seconds{40};
  /// Ended pods that are kept (--terminated-pod-gc-threshold).
  std::size_t ended_pods_max = 12'500;
};

/// How often it looks though nothing changed.
inline constexpr duration look_period = std::chrono::seconds{20};

/// `key` is `all_pods()`.
control::plan reconcile(const settings& how, const control::snapshot& view,
                        const object_key& key);

/// The one key, when a node changed, or a pod that ends.
void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

/// What stands for the pods together: the prefix of their keys.
object_key all_pods();

} // namespace troupe::controllers::pod_gc
