#pragma once

#include "runtime/nats/nats_messenger.hpp"

#include <string>
#include <vector>

namespace troupe::bench {

/// Where a replica answers: a proposal (store_codec's command) with its
/// outcome, and a key with its value, read linearizably.
inline constexpr const char* replica_address = "/server/any/bench";

/// Runs the replica of `bus.self` on the bus, its log and snapshots in
/// `directory`, until the process is killed.
int run_replica(const nats_config& bus, const std::vector<std::string>& voters,
                const std::string& directory);

} // namespace troupe::bench
