#pragma once

#include "actors/controllers/node_lifecycle/node_lifecycle.hpp"

namespace troupe::controllers::node_lifecycle {

/// What follows from the silence of one node: its conditions, then its pods;
/// and what users should hear of its coming and going.
control::plan plan_health(const settings& how, const control::snapshot& view,
                          const object_key& key);

} // namespace troupe::controllers::node_lifecycle
