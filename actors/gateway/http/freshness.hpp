#pragma once

#include "actors/gateway/http/exchange.hpp"

#include <functional>

namespace troupe::gateway {

using snapshot_ptr = std::shared_ptr<const store::store_snapshot>;

/// Waits until this replica may answer a read and goes on with its state,
/// where long work may run. Without a revision the read is linearizable; 0 is
/// whatever is at hand; N is a state that holds N. A replica that does not get
/// there answers 504, a store without a leader 503, and `then` never runs.
/// Kubernetes documentation, "Resource versions".
void with_fresh(const exchange_ptr& call,
                std::optional<std::uint64_t> resource_version,
                std::function<void(snapshot_ptr)> then);

} // namespace troupe::gateway
