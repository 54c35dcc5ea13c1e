#pragma once

#include "actors/gateway/object/write_loop.hpp"

namespace troupe::gateway {

/// Server-side apply of `config`, JSON or YAML that names just the fields the
/// applier wants. Creates what is absent. The text is read here; the step does
/// the rest.
checked<write_step> plan_apply(object_call call, bytes config, bool force);

} // namespace troupe::gateway
