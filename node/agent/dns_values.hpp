#pragma once

#include "node/agent/network_values.hpp"
#include "node/dns/name_table.hpp"

#include <vector>

namespace troupe::agent {

/// The Services that have names, by namespace and name, with the endpoints of
/// headless ones: those that are ready, or all of a Service that publishes
/// others too. Pure. What makes no sense is left out.
std::vector<dns::named_service> to_named_services(const object_table& services,
                                                  const object_table& slices);

} // namespace troupe::agent
