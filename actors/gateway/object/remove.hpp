#pragma once

#include "actors/gateway/object/write_loop.hpp"

namespace troupe::gateway {

/// A DELETE of one object. With finalizers, its own or those the propagation
/// policy adds, the object is marked and stays; otherwise it is erased. A
/// namespace is marked first and erased by a later DELETE, or by the write that
/// takes its last finalizer.
checked<write_step> plan_remove(object_call call, delete_call options);

} // namespace troupe::gateway
