#pragma once

#include "messages/base/result.hpp"
#include "runtime/nats/nats_messenger.hpp"
#include "runtime/port/raft_transport.hpp"

#include <memory>

namespace troupe {

/// A transport between servers on NATS, over connections of its own. Returns
/// at once, connected or not; fails with `invalid_argument` when a field does
/// not parse. Destroying it waits for calls of `receiver` that run.
result<std::unique_ptr<raft_transport_port>>
make_nats_raft_transport(nats_config config, raft_receiver receiver);

} // namespace troupe
