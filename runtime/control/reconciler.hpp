#pragma once

#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

#include <concepts>

namespace troupe::control {

/// A controller's mind: what to do about one key, given one view of the world.
/// Pure and level-triggered: it hears of no event, gives the same plan for the
/// same view, and an empty one when the world is as it should be.
template <class F>
concept reconciler = requires(const F f, const snapshot& view,
                              const object_key& key) {
  { f(view, key) } -> std::same_as<plan>;
};

} // namespace troupe::control
