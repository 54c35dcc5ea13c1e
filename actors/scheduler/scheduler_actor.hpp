#pragma once

#include "runtime/control/loop_actor.hpp"

#include <string>

namespace troupe::scheduler {

/// The scheduler of `member` ("s1") as a supervised child; its door is
/// "/server/s1/scheduler/queue". While it runs no other one may.
actors::child_spec scheduler_child(const std::string& member,
                                   control::loop_ports ports);

} // namespace troupe::scheduler
