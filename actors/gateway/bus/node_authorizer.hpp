#pragma once

#include "messages/api/request.hpp"
#include "messages/meta/selector.hpp"
#include "runtime/port/messenger.hpp"
#include "runtime/store/store_snapshot.hpp"

#include <optional>
#include <string>

/// What nodes may do, and to what (Kubernetes documentation, "Using Node
/// Authorization" and "NodeRestriction"): a node reads what concerns it and
/// writes what it is the source of. Pure: looks at one state.
namespace troupe::gateway {

inline constexpr const char* nodes_group = "system:nodes";
inline constexpr const char* node_user_prefix = "system:node:";
inline constexpr const char* node_lease_namespace = "kube-node-lease";

/// Who a node is in the API: "system:node:<name>".
api::identity node_identity(const bus_peer& node);

/// Refuses (403) what the node may not ask for: deny by default. `fields` are
/// those of a watch. What upstream gives a kubelet, and to read what it gives
/// kube-proxy (system:node-proxier), for an agent is both; upstream's texts.
///
/// * its own Node: create, update, patch, with status; all Nodes, to read, for
///   their pods are behind them;
/// * pods bound to it: get, watch (by spec.nodeName or by name), delete; status
///   update and patch;
/// * secrets and config maps that a pod bound to it names: get, watch by name;
/// * service accounts that a pod bound to it runs as: get, and their tokens;
/// * its own Lease; events, to write; services, endpoints and endpoint slices,
///   to read.
std::optional<api::status> authorize_node(const bus_peer& node,
                                          const api::request& request,
                                          const meta::field_selector& fields,
                                          const store::store_snapshot& state);

/// Refuses (403) writes that `authorize_node` lets pass by kind but not by
/// content: of an object that is not the node's, or of what is not for nodes to
/// set (labels, taints). A token must be bound to a pod on the node and be for
/// an audience that the pod names. A pod that is not there is 404. A write of a
/// pod is bound to the uid of the pod that was looked at, unless it names one,
/// so that no other pod of the name is hit.
std::optional<api::status> restrict_node(const bus_peer& node,
                                         api::request& request,
                                         const store::store_snapshot& state);

} // namespace troupe::gateway
