#pragma once

#include "actors/gateway/object/replace.hpp"
#include "actors/gateway/object/write_loop.hpp"

namespace troupe::gateway {

/// A PATCH of what is there: JSON, merge or strategic merge. Applied anew to
/// each newer state, so that it never undoes a concurrent write, unless the
/// patch itself fixes the resourceVersion.
write_step plan_patch(object_call call, patch_kind kind, bytes patch);

/// What such a patch makes of `old`, an object of the call's resource.
checked<replacement> apply_patch(const object_call& call, patch_kind kind,
                                 bytes_view patch, const codec::document& old);

} // namespace troupe::gateway
