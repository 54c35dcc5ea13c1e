#pragma once

#include "node/agent/pod_registry.hpp"
#include "runtime/port/messenger.hpp"

#include <memory>

namespace troupe::agent {

/// What answers at `/node/<n>/io` (messages/protocol/node_io.hpp): logs of this
/// node's containers, and commands in them. Each stream has a thread of
/// `workers` while it lasts; one that finds none is refused. Only servers are
/// answered. What the pointers name outlives the service.
std::shared_ptr<bus_service> make_io_service(node_services& services,
                                             const pod_registry& registry,
                                             work_pool& workers);

} // namespace troupe::agent
