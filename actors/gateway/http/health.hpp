#pragma once

#include "actors/gateway/http/exchange.hpp"

namespace troupe::gateway {

/// `/healthz`, `/livez` and `/readyz`, alone, with `verbose` or `exclude`, or
/// one check of theirs (`/readyz/store`). A server is ready when its store
/// answers a linearizable read. Kubernetes documentation, "Kubernetes API
/// health endpoints".
void show_health(const exchange_ptr& call);

} // namespace troupe::gateway
