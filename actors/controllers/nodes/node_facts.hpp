#pragma once

#include "messages/codec/document.hpp"
#include "runtime/control/snapshot.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::controllers::nodes {

using control::object_key;

/// What the keys of all Nodes, pods, and Leases of nodes begin with.
inline constexpr std::string_view node_prefix = "core/nodes/";
inline constexpr std::string_view pod_prefix = "core/pods/";
inline constexpr std::string_view lease_prefix =
    "coordination.k8s.io/leases/kube-node-lease/";

object_key node_key(std::string_view name);

/// "n1" of "core/nodes/n1"; the key has that form.
std::string_view node_name(std::string_view key);

/// "True", "False", "Unknown"; empty when the Node has no condition Ready.
std::string_view ready_status(const codec::document& node);

/// A selectable field of an object, as its columns have it; empty: not set.
std::string_view field_of(const store::columns& columns, std::string_view name);

/// The node a pod is bound to; empty: none yet.
inline std::string_view node_of_pod(const store::columns& pod) {
  return field_of(pod, "spec.nodeName");
}

/// Keys of the pods bound to a node.
std::vector<object_key> pods_on(const control::snapshot& view,
                                std::string_view node);

} // namespace troupe::controllers::nodes
