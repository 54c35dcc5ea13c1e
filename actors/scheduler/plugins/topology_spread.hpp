#pragma once

#include "actors/scheduler/framework.hpp"

#include <unordered_map>
#include <vector>

/// PodTopologySpread: pods of a kind evenly over the domains of nodes.
namespace troupe::scheduler {

namespace topology_spread {

inline constexpr std::string_view uneven =
    "node(s) didn't match pod topology spread constraints";
inline constexpr std::string_view no_label =
    "node(s) didn't match pod topology spread constraints (missing required "
    "label)";

/// The constraints of pods that have none of their own (System defaulting):
/// over nodes with skew 3 and over zones with skew 5, if possible. `pods` is
/// what their services and their controller select.
std::vector<spread_constraint>
default_constraints(const meta::label_selector& pods);

bool worth_another_try(const changed_pod& pod, const cluster_change& change);

} // namespace topology_spread

/// How the pods that one class's constraints are about stand in their domains,
/// kept as rows are touched. One object for the hard constraints and one for
/// the soft.
class spread_counts {
public:
  /// With `needs_all_labels` nodes that lack the label of any constraint are
  /// left out of all.
  spread_counts(std::vector<spread_constraint> constraints,
                bool needs_all_labels);

  const std::vector<spread_constraint>& constraints() const {
    return constraints_;
  }
  bool empty() const { return constraints_.empty(); }

  /// Looks at a row (again).
  void examine(row at, const node_table& table, const pod_class& pod);

  /// Before a cycle of `filter`.
  void begin_filter(const pod_class& pod);

  /// The reason against this row, or "".
  std::string_view filter(row at) const;

  /// Before a cycle of `score`, with the rows that passed all filters.
  void begin_score(const std::vector<row>& feasible);

  /// How crowded it is here; `skipped` for a node that is left out.
  static constexpr std::int64_t skipped = -1;
  std::int64_t crowd(row at) const;

private:
  struct place {
    std::int32_t domain = -1; ///< none: the node has no such label
    std::int32_t matching = 0;
    bool counted = false;
  };

  struct columns {
    std::vector<place> places; ///< by row
    std::unordered_map<std::string, std::int32_t> ids;
    std::vector<std::int64_t> pods; ///< by domain
    std::vector<std::int64_t> nodes;
    std::vector<char> feasible;                       ///< in this cycle
    std::unordered_map<std::uint64_t, bool> selected; ///< by class
    std::int64_t allowed = 0; ///< filter: most pods a domain may have now
    double weight = 0;        ///< score
    bool by_node = false;     ///< score: counts each node for itself
  };

  bool selects(std::size_t i, const pod_class& other);
  std::int32_t matching(std::size_t i, row at, const node_table& table,
                        const std::string& ns);
  bool has_all_labels(const node_info& node) const;
  static bool counts(const spread_constraint& one, const pod_class& pod,
                     const node_info& node);
  static std::int32_t domain_of(columns& in, std::string_view value);
  static void set(columns& in, row at, place next);

  std::vector<spread_constraint> constraints_;
  bool needs_all_labels_;
  std::vector<columns> columns_;
  std::vector<char> left_out_; ///< by row
};

/// Brings crowds into [0, score_max], the least crowded on top.
void normalize_crowds(std::vector<std::int64_t>& crowds);

} // namespace troupe::scheduler
