#pragma once

#include "actors/gateway/http/exchange.hpp"

namespace troupe::gateway {

/// Finds what the path names, fills in resource, subresource, namespace and
/// name, and hands the call to the step that does its verb. 404 for what is
/// not served, 405 for what cannot be done with it.
void route(const exchange_ptr& call);

} // namespace troupe::gateway
