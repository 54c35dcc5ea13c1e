#pragma once

#include "actors/controllers/controller_spec.hpp"
#include "runtime/control/loop_actor.hpp"

#include <string>

namespace troupe::controllers {

/// A controller as a supervised child: its door is `<parent>/<name>`, as in
/// "/server/s1/controller/namespace".
actors::child_spec controller_child(const std::string& parent,
                                    controller_spec spec,
                                    control::loop_ports ports);

} // namespace troupe::controllers
