#pragma once

#include "bootstrap/cluster/cluster_file.hpp"
#include "bootstrap/cluster/layout.hpp"
#include "runtime/port/messenger.hpp"
#include "runtime/port/raft_transport.hpp"

#include <memory>

namespace troupe::wiring {

/// Joins the cluster's bus as `self`, with the credentials that `up` made.
result<std::unique_ptr<messenger>>
join_bus(const cluster::cluster_record& about, const cluster::layout& files,
         const bus_peer& self);

/// Server `member`'s way to the others that hold the state with it.
result<std::unique_ptr<raft_transport_port>>
join_voters(const cluster::cluster_record& about, const cluster::layout& files,
            const std::string& member, raft_receiver receiver);

} // namespace troupe::wiring
