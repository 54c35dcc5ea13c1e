#pragma once

#include "messages/meta/selector.hpp"
#include "messages/view/apps_v1.hpp"
#include "runtime/control/snapshot.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::controllers::deployments {

using control::object_key;

/// A Deployment as the controller sees it: what is wanted.
struct target {
  object_key key;
  std::shared_ptr<const codec::document> object;
  view::apps_v1::deployment read;
  std::string ns;
  std::string name;
  std::string uid;
  std::int64_t generation = 0;
  std::int64_t replicas = 0;
  std::int64_t min_ready_seconds = 0;
  /// Pods beyond `replicas`, and missing, while a rollout is under way; 0 for
  /// those that recreate.
  std::int64_t surge_max = 0;
  std::int64_t unavailable_max = 0;
  meta::label_selector selector;
  /// None: never.
  std::optional<std::int64_t> deadline_seconds;
  /// None: all.
  std::optional<std::int64_t> history_max;
  bool recreate = false;
  bool paused = false;
  bool deleting = false;

  std::int64_t pods_max() const { return replicas + surge_max; }
};

/// None when there is no Deployment under this key that could be worked on.
std::optional<target> read_target(const control::snapshot& view,
                                  const object_key& key);

/// How far a rolling update may go above and below `replicas`: numbers or
/// percentages, the first rounded up, the second down. When both come to 0 one
/// pod may be missing: else nothing could move.
struct rolling_bounds {
  std::int64_t surge = 0;
  std::int64_t unavailable = 0;

  friend bool operator==(const rolling_bounds&,
                         const rolling_bounds&) = default;
};

rolling_bounds resolve_bounds(const view::int_or_string& surge,
                              const view::int_or_string& unavailable,
                              std::int64_t replicas);

} // namespace troupe::controllers::deployments
