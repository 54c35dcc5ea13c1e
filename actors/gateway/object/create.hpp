#pragma once

#include "actors/gateway/object/write_loop.hpp"

namespace troupe::gateway {

/// Names drawn for one generateName each time a creation looks at the state,
/// before the client is told of a conflict; upstream draws as many.
inline constexpr int generated_names_max = 8;

/// A POST: what of it needs no state is checked here; the step does the rest.
checked<write_step> plan_create(object_call call, codec::document body);

/// Decides the creation of `object`, whose name and namespace are settled as
/// far as they are known. Its managed fields are recorded unless `owned` says
/// that they are in it already.
write_decision decide_create(const object_call& call,
                             const codec::document& object, bool owned,
                             const store::store_snapshot& state,
                             const stamps& given);

} // namespace troupe::gateway
