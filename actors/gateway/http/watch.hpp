#pragma once

#include "actors/gateway/http/exchange.hpp"

namespace troupe::gateway {

/// GET of a collection with `watch=true`: a stream of one JSON document per
/// line, `{"type":"ADDED","object":{...}}`. Kubernetes documentation,
/// "Efficient detection of changes".
void watch_objects(const exchange_ptr& call);

} // namespace troupe::gateway
