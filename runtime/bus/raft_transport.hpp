#pragma once

#include "runtime/bus/bus_port.hpp"
#include "runtime/port/raft_transport.hpp"

#include <memory>
#include <string>

namespace troupe::bus {

/// A transport over any bus that has the lanes `replica_lanes`. `self` is a
/// server, and members of the group are servers of those names. Fails when the
/// port does not start. Destroying it waits for calls of `receiver` that run.
result<std::unique_ptr<raft_transport_port>>
make_raft_transport(std::string cluster_uid, bus_peer self,
                    std::unique_ptr<bus_port> port, raft_receiver receiver);

} // namespace troupe::bus
