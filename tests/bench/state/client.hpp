#pragma once

#include "runtime/nats/nats_messenger.hpp"
#include "tests/bench/state/clients.hpp"

#include <string>

namespace troupe::bench {

/// Closed-loop clients of a replica, all on one place on the bus: each says
/// the next thing when it has heard the answer to the last. Writes the
/// microseconds that each answer took to `file`.
int run_bus_clients(const nats_config& bus, const load& wanted,
                    const std::string& file);

} // namespace troupe::bench
