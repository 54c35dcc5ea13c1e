#pragma once

#include "actors/gateway/object/write_loop.hpp"

/// Writes through the subresource `scale`. The object is replaced as by a write
/// of its own, with all its rules; the answer is the new Scale.
namespace troupe::gateway {

/// A PUT of a Scale.
checked<write_step> plan_scale_update(object_call call, codec::document body);

/// A PATCH of the Scale that the object has.
write_step plan_scale_patch(object_call call, patch_kind kind, bytes patch);

/// Server-side apply of a Scale: the applier owns the replicas.
checked<write_step> plan_scale_apply(object_call call, bytes config,
                                     bool force);

} // namespace troupe::gateway
