#pragma once

#include "actors/gateway/object/write_loop.hpp"

namespace troupe::gateway {

/// A PUT, to the object or to a subresource of it: what of it needs no state
/// is checked here; the step does the rest. Nothing is created by a PUT.
checked<write_step> plan_update(object_call call, codec::document body);

} // namespace troupe::gateway
