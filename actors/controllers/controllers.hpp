#pragma once

#include "actors/controllers/controller_spec.hpp"

#include <vector>

namespace troupe::controllers {

/// Every controller of the control plane, in the order they start.
std::vector<controller_spec> all_controllers();

} // namespace troupe::controllers
