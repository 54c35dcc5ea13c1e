#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"
#include "node/agent/machine.hpp"
#include "node/agent/services.hpp"
#include "runtime/control/event.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// What an agent writes about its node. Pure.
namespace troupe::agent {

/// An image the node has, for status.images.
struct node_image {
  std::vector<std::string> names;
  std::int64_t octets = 0;
};

/// Why the node takes no pods; empty: it does.
struct node_health {
  std::string problem;
};

/// The Node an agent registers: name and the well-known labels.
codec::document make_node(const node_config& config,
                          const machine_facts& machine);

/// `node` with the status this agent gives it. Conditions of others stay;
/// transition times move only when a condition's status does. Source:
/// Kubernetes' reference, "Node status".
codec::document
with_node_status(const codec::document& node, const node_config& config,
                 const machine_facts& machine, const node_health& health,
                 const std::vector<node_image>& images, wall_time now);

/// "Node n1 status is now: NodeReady".
control::event_note status_event(const node_config& config, const char* reason);

/// What users should hear when the status of `before` becomes that of `after`.
std::vector<control::event_note> status_news(const node_config& config,
                                             const codec::document& before,
                                             const codec::document& after);

/// Whether two Nodes differ in their status by more than heartbeats.
bool same_node_status(const codec::document& a, const codec::document& b);

/// The heartbeat: the node's Lease in kube-node-lease, renewed now. `before`
/// is the one stored, or null.
codec::document make_lease(const node_config& config,
                           const codec::document* before, wall_time now);

inline constexpr const char* lease_namespace = "kube-node-lease";

} // namespace troupe::agent
