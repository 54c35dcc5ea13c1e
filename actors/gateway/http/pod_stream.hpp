#pragma once

#include "actors/gateway/http/exchange.hpp"

namespace troupe::gateway {

/// Whether a call is a stream into a pod: its logs, exec or attach. Such calls
/// last as long as their clients like, and are counted apart.
bool is_pod_stream(const api::request_info& info);

/// Reads the pod, as it is now, and hands the call to `actors/gateway/stream`.
void open_pod_stream(const exchange_ptr& call);

} // namespace troupe::gateway
