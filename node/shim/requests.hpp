#pragma once

#include "node/shim/wire.hpp"

namespace troupe::shim {

/// Does what the agent asks for, and answers now or later.
void dispatch(packet& from);

/// After a shutdown was asked for: once every process is gone, says so and
/// ends the shim.
void leave_if_done();

} // namespace troupe::shim
