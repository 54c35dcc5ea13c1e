#pragma once

#include "actors/gateway/http/exchange.hpp"

namespace troupe::gateway {

/// `/metrics` in Prometheus' text format.
void show_metrics(const exchange_ptr& call);

} // namespace troupe::gateway
