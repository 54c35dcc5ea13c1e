#pragma once

#include "actors/gateway/object/object_writer.hpp"

namespace troupe::gateway {

/// Removes `names` one after the other through `writer`.
void run_removals(object_writer writer, object_call call, delete_call options,
                  std::vector<std::string> names, object_done done);

} // namespace troupe::gateway
