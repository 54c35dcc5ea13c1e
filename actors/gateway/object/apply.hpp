#pragma once

#include "actors/gateway/object/replace.hpp"
#include "actors/gateway/object/write_loop.hpp"

namespace troupe::gateway {

/// Server-side apply of `config`, JSON or YAML that names just the fields the
/// applier wants. Creates what is absent. The text is read here; the step does
/// the rest.
checked<write_step> plan_apply(object_call call, bytes config, bool force);

/// What applying `config` makes of an object of the call's resource, or of
/// nothing. The text is read here; the function does the rest.
using merge_step = std::function<checked<replacement>(
    const codec::document* live, const stamps& given)>;

checked<merge_step> plan_merge(object_call call, bytes config, bool force);

} // namespace troupe::gateway
