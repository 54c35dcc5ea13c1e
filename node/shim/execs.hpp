#pragma once

#include "node/shim/pod.hpp"
#include "node/shim/wire.hpp"

/// Further processes in a container.
namespace troupe::shim {

void start_exec(packet& from);

void on_exec_report(exec_slot& value);
void on_exec_exit(exec_slot& value);

} // namespace troupe::shim
