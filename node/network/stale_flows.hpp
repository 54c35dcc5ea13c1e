#pragma once

#include "node/network/service_rules.hpp"
#include "node/sys/conntrack.hpp"

#include <vector>

namespace troupe::network {

/// The conversations over UDP that a service had brought to an endpoint, or to
/// nobody, and that would go on there though it serves it no more. Those of a
/// service without any endpoint are left alone. `own`: the node's addresses,
/// on which node ports are. Pure.
std::vector<sys::udp_flow>
stale_flows(const std::vector<sys::udp_flow>& flows,
            const std::vector<service_port>& services,
            const std::vector<ip_address>& own);

} // namespace troupe::network
