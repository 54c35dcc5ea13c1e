#include "actors/scheduler/plugins/topology_spread.hpp"

#include "actors/scheduler/plugins/node_rules.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace troupe::scheduler {

namespace {

constexpr const char* hostname = "kubernetes.io/hostname";
constexpr const char* zone = "topology.kubernetes.io/zone";

bool has_labels(const label_set& labels,
                const std::vector<spread_constraint>& constraints) {
  return std::all_of(constraints.begin(), constraints.end(),
                     [&](const auto& one) {
                       return label_of(labels, one.topology_key).has_value();
                     });
}

bool any_selects(const std::vector<spread_constraint>& constraints,
                 const label_set& labels) {
  return std::any_of(constraints.begin(), constraints.end(),
                     [&](const auto& one) { return one.pods.matches(labels); });
}

/// Whether the pod's place has to do with the spreading of `pod`.
bool involved(const changed_pod& other, const changed_pod& pod) {
  return other.uid == pod.uid
         || (other.assigned && other.what->ns == pod.what->ns);
}

bool after_pod(const changed_pod& pod, const cluster_change& change) {
  const auto& constraints = pod.what->hard_constraints;
  const auto* before = change.pod_before;
  const auto* now = change.pod_now;
  if ((before != nullptr && !involved(*before, pod))
      || (now != nullptr && !involved(*now, pod)))
    return false;
  if (before == nullptr || now == nullptr)
    return any_selects(constraints,
                       (now == nullptr ? before : now)->what->labels);
  if (now->uid == pod.uid
      && now->what->tolerations.size() != before->what->tolerations.size())
    return std::any_of(constraints.begin(), constraints.end(),
                       [](const auto& one) { return one.honors_taints; });
  return std::any_of(constraints.begin(), constraints.end(),
                     [&](const auto& one) {
                       return one.pods.matches(before->what->labels)
                              != one.pods.matches(now->what->labels);
                     });
}

bool after_node(const changed_pod& pod, const cluster_change& change) {
  const auto& constraints = pod.what->hard_constraints;
  const auto* before = change.node_before;
  const auto* now = change.node_now;
  const bool matched = before && has_labels(before->labels, constraints);
  const bool matches = now && has_labels(now->labels, constraints);
  if (before == nullptr || now == nullptr)
    return matched || matches;
  if (matched != matches)
    return true;
  return matches
         && (before->taints != now->taints
             || std::any_of(constraints.begin(), constraints.end(),
                            [&](const auto& one) {
                              return label_of(before->labels, one.topology_key)
                                     != label_of(now->labels, one.topology_key);
                            }));
}

} // namespace

namespace topology_spread {

std::vector<spread_constraint>
default_constraints(const meta::label_selector& pods) {
  spread_constraint over_nodes;
  over_nodes.max_skew = 3;
  over_nodes.topology_key = hostname;
  over_nodes.pods = pods;
  auto over_zones = over_nodes;
  over_zones.max_skew = 5;
  over_zones.topology_key = zone;
  return {std::move(over_nodes), std::move(over_zones)};
}

bool worth_another_try(const changed_pod& pod, const cluster_change& change) {
  return change.about_node() ? after_node(pod, change) : after_pod(pod, change);
}

} // namespace topology_spread

spread_counts::spread_counts(std::vector<spread_constraint> constraints,
                             bool needs_all_labels)
    : constraints_(std::move(constraints)), needs_all_labels_(needs_all_labels),
      columns_(constraints_.size()) {
  for (std::size_t i = 0; i < constraints_.size(); ++i)
    columns_[i].by_node = constraints_[i].topology_key == hostname;
}

void spread_counts::examine(row at, const node_table& table,
                            const pod_class& pod) {
  if (empty())
    return;
  if (left_out_.size() <= at)
    left_out_.resize(at + 1, 0);
  const auto* node = table.present(at) ? &table.node(at) : nullptr;
  left_out_[at] =
      node == nullptr || (needs_all_labels_ && !has_all_labels(*node));
  for (std::size_t i = 0; i < constraints_.size(); ++i) {
    auto& mine = columns_[i];
    place next;
    if (node != nullptr) {
      const auto value = label_of(node->labels, constraints_[i].topology_key);
      if (value)
        next.domain = domain_of(mine, *value);
      next.matching = matching(i, at, table, pod.ns);
      next.counted =
          value && !left_out_[at] && counts(constraints_[i], pod, *node);
    }
    set(mine, at, next);
  }
}

void spread_counts::set(columns& in, row at, place next) {
  if (in.places.size() <= at)
    in.places.resize(at + 1);
  auto& standing = in.places[at];
  const auto count = [&](const place& one, int by) {
    if (!one.counted)
      return;
    in.pods[one.domain] += by * one.matching;
    in.nodes[one.domain] += by;
  };
  count(standing, -1);
  count(next, 1);
  standing = next;
}

void spread_counts::begin_filter(const pod_class& pod) {
  for (std::size_t i = 0; i < constraints_.size(); ++i) {
    auto& mine = columns_[i];
    std::int64_t least = std::numeric_limits<std::int32_t>::max();
    std::int64_t domains = 0;
    for (std::size_t d = 0; d < mine.pods.size(); ++d) {
      if (mine.nodes[d] == 0)
        continue;
      ++domains;
      least = std::min(least, mine.pods[d]);
    }
    if (domains < constraints_[i].min_domains)
      least = 0;
    const int self = constraints_[i].pods.matches(pod.labels) ? 1 : 0;
    mine.allowed = least + constraints_[i].max_skew - self;
  }
}

std::string_view spread_counts::filter(row at) const {
  for (const auto& mine : columns_) {
    const auto domain = mine.places[at].domain;
    if (domain < 0)
      return topology_spread::no_label;
    if (mine.pods[domain] > mine.allowed)
      return topology_spread::uneven;
  }
  return {};
}

void spread_counts::begin_score(const std::vector<row>& feasible) {
  for (auto& mine : columns_) {
    mine.feasible.assign(mine.pods.size(), 0);
    std::int64_t size = 0;
    bool unlabelled = false;
    for (const auto at : feasible) {
      if (left_out_[at])
        continue;
      const auto domain = mine.places[at].domain;
      if (mine.by_node)
        ++size;
      else if (domain < 0)
        unlabelled = true;
      else if (!mine.feasible[domain])
        mine.feasible[domain] = 1, ++size;
    }
    mine.weight = std::log(static_cast<double>(size + unlabelled + 2));
  }
}

std::int64_t spread_counts::crowd(row at) const {
  if (left_out_[at])
    return skipped;
  double sum = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& mine = columns_[i];
    const auto& here = mine.places[at];
    if (here.domain < 0)
      continue;
    const auto pods = mine.by_node ? here.matching : mine.pods[here.domain];
    sum += static_cast<double>(pods) * mine.weight
           + static_cast<double>(constraints_[i].max_skew - 1);
  }
  return std::llround(sum);
}

bool spread_counts::selects(std::size_t i, const pod_class& other) {
  auto [at, fresh] = columns_[i].selected.try_emplace(other.id, false);
  if (fresh)
    at->second = constraints_[i].pods.matches(other.labels);
  return at->second;
}

/// A selector of everything counts nothing.
std::int32_t spread_counts::matching(std::size_t i, row at,
                                     const node_table& table,
                                     const std::string& ns) {
  if (constraints_[i].pods.selects_everything())
    return 0;
  std::int32_t out = 0;
  for (const auto& one : table.crews(at))
    if (one.what->ns == ns && selects(i, *one.what))
      out += one.pods - one.leaving;
  return out;
}

bool spread_counts::has_all_labels(const node_info& node) const {
  return has_labels(node.labels, constraints_);
}

bool spread_counts::counts(const spread_constraint& one, const pod_class& pod,
                           const node_info& node) {
  return (!one.honors_affinity || node_affinity::passes(pod, node))
         && (!one.honors_taints || taint_toleration::passes(pod, node));
}

std::int32_t spread_counts::domain_of(columns& in, std::string_view value) {
  const auto next = static_cast<std::int32_t>(in.pods.size());
  const auto [at, fresh] = in.ids.try_emplace(std::string{value}, next);
  if (fresh) {
    in.pods.push_back(0);
    in.nodes.push_back(0);
  }
  return at->second;
}

void normalize_crowds(std::vector<std::int64_t>& crowds) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = 0;
  for (const auto one : crowds) {
    if (one == spread_counts::skipped)
      continue;
    least = std::min(least, one);
    most = std::max(most, one);
  }
  for (auto& one : crowds) {
    if (one == spread_counts::skipped)
      one = 0;
    else if (most == 0)
      one = score_max;
    else
      one = score_max * (most + least - one) / most;
  }
}

} // namespace troupe::scheduler
