#pragma once

#include "actors/gateway/object/write_loop.hpp"

namespace troupe::gateway {

/// Whether a creation is that of a Binding, which is not stored: it ties a pod
/// to a node. Either a post to the pod's subresource, or to `bindings`.
bool is_binding(const object_call& call);

/// Plans to give the pod its node, once: 409 when it has one, is being deleted
/// or is gated. The answer is a Status.
checked<write_step> plan_bind(object_call call, codec::document body);

} // namespace troupe::gateway
