#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace troupe::controllers {

using control::object_key;

/// Keys that are worked on at the start and ever again, changed or not.
struct periodic_keys {
  duration every{};
  std::vector<object_key> keys;
};

/// One controller as a value: everything that makes it differ from another.
struct controller_spec {
  /// "namespace": it writes as `system:controller:namespace`.
  std::string name;
  control::informer_config watches;
  /// Which keys to work on when an object changed; called for every object at
  /// the start. `owners` is empty unless the spec watches owners.
  std::function<void(const control::object_change& change,
                     const control::owner_index& owners,
                     const std::function<void(const object_key&)>& enqueue)>
      keys_of;
  /// A control::reconciler.
  std::function<control::plan(const control::snapshot&, const object_key&)>
      reconcile;
  std::optional<periodic_keys> periodic;
  /// The source of its events: "deployment-controller".
  std::string reporter = {};
  /// More keys that a change concerns, where other objects tell: which Services
  /// select a pod. `view` is the one that holds the change.
  std::function<void(const control::object_change& change,
                     const control::snapshot& view,
                     const std::function<void(const object_key&)>& enqueue)>
      keys_in_view = {};
  /// Every server runs it, whoever holds the controllers' lease, as upstream's
  /// API servers do: it only creates, under fixed names, what is absent.
  bool everywhere = false;
};

} // namespace troupe::controllers
