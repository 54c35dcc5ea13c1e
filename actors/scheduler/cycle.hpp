#pragma once

#include "actors/scheduler/class_view.hpp"
#include "runtime/base/prng.hpp"

#include <map>
#include <string>
#include <vector>

namespace troupe::scheduler {

/// Why no node was found.
struct diagnosis {
  std::size_t nodes = 0; ///< that there are
  /// How many nodes gave each reason; one node may give several.
  std::map<std::string, std::size_t, std::less<>> reasons;
  /// The pod contradicts itself or lacks a claim: no node was looked at.
  std::string contradiction;
  plugin_set rejected_by;
  /// Rows where removing pods might help.
  std::vector<row> resolvable;
};

/// A cycle's outcome.
struct placement {
  std::optional<row> node;
  std::size_t feasible = 0;
  std::int64_t score = 0; ///< of the node, when several were feasible
  diagnosis why;          ///< when there is no node
};

/// Filters all nodes, scores those that passed, and takes the best; of equals,
/// one at random. `view` belongs to the pod's class and was refreshed.
placement place(class_view& view, const node_table& table,
                const namespace_labels& namespaces, prng& random,
                const score_weights& weights = {});

/// The weighted scores of the nodes that pass, in the order of their rows.
struct scored_node {
  row node;
  std::int64_t score;

  friend bool operator==(const scored_node&, const scored_node&) = default;
};

std::vector<scored_node> score(class_view& view, const node_table& table,
                               const std::vector<row>& feasible,
                               const score_weights& weights);

/// "0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient
/// cpu. preemption: ...", as kube-scheduler says it. This scheduler removes no
/// pod for another; where some of lower priority stand in the way, it says
/// nothing of preemption.
std::string to_text(const diagnosis& why, const node_table& table,
                    std::int64_t priority, bool never_preempts);

} // namespace troupe::scheduler
