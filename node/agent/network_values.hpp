#pragma once

#include "node/agent/watched_table.hpp"
#include "node/network/node_routes.hpp"
#include "node/network/service_rules.hpp"

#include <map>
#include <string>
#include <vector>

/// What the API says of nodes and services, in the words of node/network. Pure.
/// What makes no sense is left out: others validate.
namespace troupe::agent {

using object_table = std::map<std::string, object_ptr>; ///< by uid

/// Sorted by name.
std::vector<network::node_place> to_node_places(const object_table& nodes);

/// The ranges of the pods of the node of this name.
std::vector<ip_prefix>
pod_ranges_of(const std::vector<network::node_place>& all,
              const std::string& name);

/// Ports of Services that have an address, with their endpoints as the node of
/// this name sees them; by namespace, name, and in the order of the Service.
/// Services with the label `service.kubernetes.io/service-proxy-name` are
/// somebody else's.
std::vector<network::service_port>
to_service_ports(const object_table& services, const object_table& slices,
                 const object_table& nodes, const std::string& name);

} // namespace troupe::agent
