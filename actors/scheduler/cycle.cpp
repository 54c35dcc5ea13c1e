#include "actors/scheduler/cycle.hpp"

#include "actors/scheduler/plugins/node_rules.hpp"

#include <algorithm>

namespace troupe::scheduler {

namespace {

/// Filtering under way.
class sieve {
public:
  sieve(class_view& view, const node_table& table,
        const namespace_labels& namespaces, diagnosis& out)
      : view_(view), table_(table), namespaces_(namespaces), out_(out),
        apart_(view.affinity().filters_nothing(view.what())) {
    view_.hard().begin_filter(view_.what());
  }

  bool passes(row node) {
    if (const auto& found = view_.at(node); found.by)
      return reject(node, found);
    if (const auto why = view_.hard().filter(node); !why.empty())
      return reject(node, plugin::pod_topology_spread, why,
                    why == topology_spread::no_label);
    if (apart_)
      return true;
    const auto why =
        view_.affinity().filter(node, table_, view_.what(), namespaces_);
    return why.empty()
           || reject(node, plugin::inter_pod_affinity, why,
                     why == inter_pod_affinity::not_near);
  }

private:
  bool reject(row node, const verdict& found) {
    switch (*found.by) {
      case plugin::node_unschedulable:
        return reject(node, *found.by, node_unschedulable::reason, true);
      case plugin::taint_toleration:
        return reject(node, *found.by, taint_toleration::reason, true);
      case plugin::node_affinity:
        return reject(node, *found.by, node_affinity::reason, true);
      case plugin::node_ports:
        return reject(node, *found.by, node_ports::reason, false);
      default:
        break;
    }
    const auto texts = found.fit.missing.texts(view_.what());
    for (std::size_t i = 1; i < texts.size(); ++i)
      count(texts[i]);
    return reject(node, *found.by, texts.front(), found.unresolvable);
  }

  bool reject(row node, plugin by, std::string_view why, bool unresolvable) {
    out_.rejected_by.insert(by);
    count(why);
    if (!unresolvable)
      out_.resolvable.push_back(node);
    return false;
  }

  void count(std::string_view why) {
    const auto at = out_.reasons.find(why);
    if (at == out_.reasons.end())
      out_.reasons.emplace(why, 1);
    else
      ++at->second;
  }

  class_view& view_;
  const node_table& table_;
  const namespace_labels& namespaces_;
  diagnosis& out_;
  bool apart_;
};

/// The rows to filter: all nodes, or those the pod names.
std::vector<row> candidates(const pod_class& what, const node_table& table,
                            diagnosis& out) {
  std::vector<row> all;
  const auto named = what.named_nodes();
  if (!what.missing_claim.empty() && (!named || !named->empty())) {
    out.contradiction = what.missing_claim;
    out.rejected_by.insert(plugin::volume_binding);
    return all;
  }
  if (!named) {
    all.reserve(table.size());
    for (row node = 0; node < table.rows(); ++node)
      if (table.present(node))
        all.push_back(node);
    return all;
  }
  if (named->empty()) {
    out.contradiction = node_affinity::conflict;
    out.rejected_by.insert(plugin::node_affinity);
    return all;
  }
  for (const auto& name : *named)
    if (const auto node = table.find(name); node && table.present(*node))
      all.push_back(*node);
  std::sort(all.begin(), all.end());
  out.rejected_by.insert(plugin::node_affinity);
  if (all.size() < table.size())
    out.reasons.emplace(node_affinity::not_named, table.size() - all.size());
  return all;
}

/// The largest becomes score_max; with `reverse` the smallest does.
std::int64_t normalized(std::int64_t value, std::int64_t most, bool reverse) {
  if (most == 0)
    return reverse ? score_max : 0;
  const auto out = score_max * value / most;
  return reverse ? score_max - out : out;
}

std::string
histogram(std::size_t nodes,
          const std::map<std::string, std::size_t, std::less<>>& reasons) {
  std::vector<std::string> parts;
  for (const auto& [reason, count] : reasons)
    parts.push_back(std::to_string(count) + " " + reason);
  std::sort(parts.begin(), parts.end());
  std::string out = "0/" + std::to_string(nodes) + " nodes are available:";
  for (std::size_t i = 0; i < parts.size(); ++i)
    out += (i == 0 ? " " : ", ") + parts[i];
  return parts.empty() ? out : out + ".";
}

/// What became of preemption; "" when nothing can be said.
std::string preemption(const diagnosis& why, const node_table& table,
                       std::int64_t priority, bool never) {
  if (never)
    return " preemption: not eligible due to preemptionPolicy=Never.";
  for (const auto node : why.resolvable)
    for (const auto& pod : table.pods(node))
      if (pod.priority < priority)
        return {};
  std::map<std::string, std::size_t, std::less<>> reasons;
  if (!why.resolvable.empty())
    reasons["No preemption victims found for incoming pod"] =
        why.resolvable.size();
  if (why.resolvable.size() < why.nodes)
    reasons["Preemption is not helpful for scheduling"] =
        why.nodes - why.resolvable.size();
  return " preemption: " + histogram(why.nodes, reasons);
}

} // namespace

placement place(class_view& view, const node_table& table,
                const namespace_labels& namespaces, prng& random,
                const score_weights& weights) {
  placement out;
  out.why.nodes = table.size();
  sieve filters{view, table, namespaces, out.why};
  auto feasible = candidates(view.what(), table, out.why);
  std::erase_if(feasible, [&](row node) { return !filters.passes(node); });
  out.feasible = feasible.size();
  if (feasible.empty())
    return out;
  if (feasible.size() == 1) {
    out.node = feasible.front();
    return out;
  }
  std::uint64_t equals = 0;
  for (const auto& one : score(view, table, feasible, weights)) {
    if (equals != 0 && one.score < out.score)
      continue;
    equals = equals != 0 && one.score == out.score ? equals + 1 : 1;
    out.score = one.score;
    if (equals == 1 || random.below(equals) == 0)
      out.node = one.node;
  }
  return out;
}

std::vector<scored_node> score(class_view& view, const node_table& table,
                               const std::vector<row>& feasible,
                               const score_weights& weights) {
  std::int64_t most_taints = 0;
  std::int64_t most_preferred = 0;
  std::vector<std::int64_t> crowds;
  std::vector<std::int64_t> likings;
  for (const auto node : feasible) {
    most_taints = std::max(most_taints, view.intolerable(node));
    most_preferred = std::max(most_preferred, view.preference(node));
  }
  if (!view.soft().empty()) {
    view.soft().begin_score(feasible);
    for (const auto node : feasible)
      crowds.push_back(view.soft().crowd(node));
    normalize_crowds(crowds);
  }
  if (!view.affinity().scores_nothing()) {
    for (const auto node : feasible)
      likings.push_back(view.affinity().preference(node, table));
    normalize_preferences(likings);
  }
  std::vector<scored_node> out;
  out.reserve(feasible.size());
  for (std::size_t i = 0; i < feasible.size(); ++i) {
    const auto node = feasible[i];
    auto sum = weights.taint_toleration
                   * normalized(view.intolerable(node), most_taints, true)
               + weights.node_affinity
                     * normalized(view.preference(node), most_preferred, false)
               + weights.node_resources_fit * view.least_allocated(node)
               + weights.balanced_allocation * view.balanced(node)
               + weights.image_locality * view.image_locality(node);
    if (!crowds.empty())
      sum += weights.pod_topology_spread * crowds[i];
    if (!likings.empty())
      sum += weights.inter_pod_affinity * likings[i];
    out.push_back({node, sum});
  }
  return out;
}

std::string to_text(const diagnosis& why, const node_table& table,
                    std::int64_t priority, bool never_preempts) {
  if (why.nodes == 0)
    return "no nodes available to schedule pods";
  auto out = why.contradiction.empty()
                 ? histogram(why.nodes, why.reasons)
                 : "0/" + std::to_string(why.nodes)
                       + " nodes are available: " + why.contradiction + ".";
  return out + preemption(why, table, priority, never_preempts);
}

} // namespace troupe::scheduler
