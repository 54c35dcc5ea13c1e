#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

#include <string_view>

/// Gives each node the addresses of its pods (Kubernetes: "Node", spec.podCIDR
/// and spec.podCIDRs).
namespace troupe::controllers::node_ipam {

using control::object_key;

/// The addresses of all pods, and how much of them a node gets.
inline constexpr std::string_view cluster_range = "10.244.0.0/16";
inline constexpr unsigned node_range_length = 24;

/// Gives every node without a range the lowest one that no node has, in the
/// order of their names. Ranges that nodes brought with them count as taken. A
/// node that is being deleted keeps its range and is given none. Nothing is
/// given while some node cannot be read: it may have any.
///
/// `key` is `all_nodes()`: nodes planned one by one from the same view would
/// be given the same range. A free range is the absence of nodes that have it,
/// so every action asks to be confirmed.
control::plan reconcile(const control::snapshot& view, const object_key& key);

/// The one key, when a node came, was replaced or is gone.
void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

/// What stands for the nodes together: the prefix of their keys.
object_key all_nodes();

} // namespace troupe::controllers::node_ipam
