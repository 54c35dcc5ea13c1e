#pragma once

#include "actors/controllers/node_lifecycle/zones.hpp"
#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

/// Notices nodes that fall silent or recover, and says so in their conditions,
/// their taints and their pods (Kubernetes: node-lifecycle-controller).
namespace troupe::controllers::node_lifecycle {

using control::object_key;

struct settings {
  /// How long a node may be silent (--node-monitor-grace-period).
  duration grace = std::chrono::seconds{50};
  /// How long one that never reported may be (--node-startup-grace-period).
  duration startup_grace = std::chrono::seconds{60};
  eviction_rates rates = {};

  /// Between two looks at who is heard of: five seconds by default.
  duration look_period() const { return grace / 10; }
};

/// What a node's plan sees: the uid, under which it was registered, and its
/// heartbeat.
inline constexpr const char* seen_uid = "uid";
inline constexpr const char* seen_heartbeat = "heartbeat";

/// `key` is that of a Node, or `all_nodes()`.
///
/// A Node: once it was silent for the grace period, its conditions become
/// Unknown, then its pods not ready. All nodes: their taints; looked at again
/// every `look_period()`.
control::plan reconcile(const settings& how, const control::snapshot& view,
                        const object_key& key);

/// A node's key when it, its Lease or a pod bound to it came or changed, and
/// that of all when it did itself.
void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

/// What stands for the nodes together: the prefix of their keys.
object_key all_nodes();

} // namespace troupe::controllers::node_lifecycle
