#pragma once

#include "actors/scheduler/framework.hpp"
#include "actors/scheduler/plugins/inter_pod_affinity.hpp"
#include "actors/scheduler/plugins/node_resources.hpp"
#include "actors/scheduler/plugins/topology_spread.hpp"

#include <optional>
#include <vector>

namespace troupe::scheduler {

/// What the filters that look at one node alone found there.
struct verdict {
  /// None: the node passed them.
  std::optional<plugin> by;
  node_resources_fit::fit fit; ///< of node_resources_fit
  /// Removing pods from the node would not help.
  bool unresolvable = false;

  friend bool operator==(const verdict&, const verdict&) = default;
};

/// All nodes as pods of one class see them. Pods of a template share it, and a
/// row is looked at again only after it was touched: placing the next pod of
/// the class costs one row, not all of them.
class class_view {
public:
  /// `related` is what the services and the controller of the class select;
  /// none when there are none.
  class_view(pod_class_ptr what, std::optional<meta::label_selector> related);

  const pod_class& what() const { return *what_; }
  const std::optional<meta::label_selector>& related() const {
    return related_;
  }

  /// Looks at what was touched since the last time. Always of one table.
  void refresh(const node_table& table, const namespace_labels& namespaces);

  const verdict& at(row node) const { return verdicts_[node]; }
  std::int64_t intolerable(row node) const { return intolerable_[node]; }
  std::int64_t preference(row node) const { return preference_[node]; }
  std::int64_t least_allocated(row node) const { return least_[node]; }
  std::int64_t balanced(row node) const { return balanced_[node]; }
  std::int64_t image_locality(row node) const { return images_[node]; }

  spread_counts& hard() { return hard_; }
  spread_counts& soft() { return soft_; }
  const affinity_counts& affinity() const { return affinity_; }

private:
  void examine(row node, const node_table& table,
               const namespace_labels& namespaces);
  verdict judge(row node, const node_table& table) const;

  pod_class_ptr what_;
  std::optional<meta::label_selector> related_;
  std::optional<std::uint64_t> position_;
  std::uint64_t images_epoch_ = 0;
  std::vector<verdict> verdicts_;
  std::vector<std::int64_t> intolerable_;
  std::vector<std::int64_t> preference_;
  std::vector<std::int64_t> least_;
  std::vector<std::int64_t> balanced_;
  std::vector<std::int64_t> images_;
  spread_counts hard_;
  spread_counts soft_;
  affinity_counts affinity_;
};

} // namespace troupe::scheduler
