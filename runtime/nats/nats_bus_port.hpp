#pragma once

#include "runtime/bus/bus_port.hpp"
#include "runtime/nats/nats_messenger.hpp"

#include <memory>
#include <span>

namespace troupe::bus {

/// A process's place on NATS: a connection for each of `on`. Fails with
/// `invalid_argument` when the credentials do not parse.
result<std::unique_ptr<bus_port>>
make_nats_bus_port(nats_config config,
                   std::span<const lane> on = messenger_lanes);

} // namespace troupe::bus
