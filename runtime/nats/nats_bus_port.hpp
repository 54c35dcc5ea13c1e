#pragma once

#include "runtime/bus/bus_port.hpp"
#include "runtime/nats/nats_messenger.hpp"

#include <memory>

namespace troupe::bus {

/// A process's place on NATS: a connection for each lane. Fails with
/// `invalid_argument` when the credentials do not parse.
result<std::unique_ptr<bus_port>> make_nats_bus_port(nats_config config);

} // namespace troupe::bus
