#include "actors/scheduler/plugins/inter_pod_affinity.hpp"

#include <algorithm>

namespace troupe::scheduler {

namespace {

/// What a required term of a pod that is there counts as a preference.
constexpr int required_weight = 1;

bool matches(const affinity_term& term, const pod_class& pod,
             const namespace_labels& namespaces) {
  return term.matches(pod.ns, labels_in(namespaces, pod.ns), pod.labels);
}

/// False without terms.
bool matches_all(const std::vector<affinity_term>& terms, const pod_class& pod,
                 const namespace_labels& namespaces) {
  return !terms.empty()
         && std::all_of(terms.begin(), terms.end(), [&](const auto& one) {
              return matches(one, pod, namespaces);
            });
}

bool after_pod(const changed_pod& pod, const cluster_change& change,
               const namespace_labels& namespaces) {
  const auto* before = change.pod_before;
  const auto* now = change.pod_now;
  if ((before != nullptr && !before->assigned)
      || (now != nullptr && !now->assigned))
    return false;
  const auto& terms = pod.what->affinity;
  const auto& anti = pod.what->anti_affinity;
  const auto near = [&](const changed_pod* one) {
    return one != nullptr && matches_all(terms, *one->what, namespaces);
  };
  const auto apart = [&](const changed_pod* one) {
    return one != nullptr && matches_all(anti, *one->what, namespaces);
  };
  if (near(now) && !near(before))
    return true;
  // Also when the one that goes did not want this pod near.
  const bool unwelcome =
      before != nullptr
      && std::any_of(before->what->anti_affinity.begin(),
                     before->what->anti_affinity.end(), [&](const auto& one) {
                       return matches(one, *pod.what, namespaces);
                     });
  return (apart(before) && !apart(now)) || (unwelcome && now == nullptr);
}

bool after_node(const changed_pod& pod, const cluster_change& change) {
  const auto* before = change.node_before;
  const auto* now = change.node_now;
  if (now == nullptr)
    return false;
  for (const auto& term : pod.what->affinity) {
    const auto value = label_of(now->labels, term.topology_key);
    if (value
        && (before == nullptr
            || label_of(before->labels, term.topology_key) != value))
      return true;
  }
  for (const auto& term : pod.what->anti_affinity) {
    if (before == nullptr)
      return true;
    const auto value = label_of(before->labels, term.topology_key);
    if (value && label_of(now->labels, term.topology_key) != value)
      return true;
  }
  return false;
}

} // namespace

namespace inter_pod_affinity {

bool worth_another_try(const changed_pod& pod, const cluster_change& change,
                       const namespace_labels& namespaces) {
  return change.about_node() ? after_node(pod, change)
                             : after_pod(pod, change, namespaces);
}

} // namespace inter_pod_affinity

std::uint32_t affinity_counts::key_index(const std::string& key) {
  for (std::uint32_t i = 0; i < topologies_.size(); ++i)
    if (topologies_[i].key == key)
      return i;
  topologies_.push_back({key, {}});
  return static_cast<std::uint32_t>(topologies_.size() - 1);
}

affinity_counts::voice& affinity_counts::voice_for(std::vector<voice>& in,
                                                   const std::string& key) {
  const auto index = key_index(key);
  for (auto& one : in)
    if (one.key == index)
      return one;
  in.push_back({index});
  return in.back();
}

const std::vector<affinity_counts::voice>&
affinity_counts::voices_of(const pod_class& pod, const pod_class& other,
                           const namespace_labels& namespaces) {
  const auto [at, fresh] = voices_.try_emplace(other.id);
  auto& out = at->second;
  if (!fresh)
    return out;
  if (matches_all(pod.affinity, other, namespaces))
    for (const auto& term : pod.affinity)
      ++voice_for(out, term.topology_key).near;
  for (const auto& term : pod.anti_affinity)
    if (matches(term, other, namespaces))
      ++voice_for(out, term.topology_key).apart;
  for (const auto& term : other.anti_affinity)
    if (matches(term, pod, namespaces))
      ++voice_for(out, term.topology_key).unwelcome;
  const auto like = [&](const std::vector<affinity_term>& terms,
                        const pod_class& whom, int sign) {
    for (const auto& term : terms)
      if (matches(term, whom, namespaces))
        voice_for(out, term.topology_key).liking += sign * term.weight;
  };
  like(pod.preferred_affinity, other, 1);
  like(pod.preferred_anti_affinity, other, -1);
  like(other.preferred_affinity, pod, 1);
  like(other.preferred_anti_affinity, pod, -1);
  for (const auto& term : other.affinity)
    if (matches(term, pod, namespaces))
      voice_for(out, term.topology_key).liking += required_weight;
  return out;
}

void affinity_counts::examine(row at, const node_table& table,
                              const pod_class& pod,
                              const namespace_labels& namespaces) {
  if (rows_.size() <= at)
    rows_.resize(at + 1);
  auto& mine = rows_[at];
  for (const auto& one : mine)
    apply(one, -1);
  mine.clear();
  const bool asks = pod.has_affinity();
  if (!table.present(at) || (!asks && table.pods_with_affinity(at) == 0))
    return;
  const auto& labels = table.node(at).labels;
  for (const auto& crew : table.crews(at)) {
    if (!asks && !crew.what->has_affinity())
      continue;
    for (const auto& one : voices_of(pod, *crew.what, namespaces)) {
      const auto value = label_of(labels, topologies_[one.key].key);
      if (!value)
        continue;
      auto slot = std::find_if(mine.begin(), mine.end(), [&](const auto& each) {
        return each.key == one.key;
      });
      if (slot == mine.end())
        slot = mine.insert(mine.end(), {one.key, std::string{*value}, {}});
      slot->amount.near += crew.pods * one.near;
      slot->amount.apart += crew.pods * one.apart;
      slot->amount.unwelcome += crew.pods * one.unwelcome;
      slot->amount.liking += crew.pods * one.liking;
    }
  }
  for (const auto& one : mine)
    apply(one, 1);
}

void affinity_counts::apply(const contribution& one, int by) {
  auto& total = topologies_[one.key].values[one.value];
  const auto add = [by](std::int64_t& to, std::int64_t amount,
                        std::int64_t& pairs) {
    const bool was = to != 0;
    to += by * amount;
    pairs += (to != 0) - was;
  };
  add(total.near, one.amount.near, near_pairs_);
  add(total.unwelcome, one.amount.unwelcome, unwelcome_pairs_);
  add(total.liking, one.amount.liking, score_pairs_);
  total.apart += by * one.amount.apart;
}

const affinity_counts::sums*
affinity_counts::find(const std::string& key, std::string_view value) const {
  for (const auto& one : topologies_) {
    if (one.key != key)
      continue;
    const auto at = one.values.find(std::string{value});
    return at == one.values.end() ? nullptr : &at->second;
  }
  return nullptr;
}

bool affinity_counts::filters_nothing(const pod_class& pod) const {
  return unwelcome_pairs_ == 0 && pod.affinity.empty()
         && pod.anti_affinity.empty();
}

std::string_view
affinity_counts::filter(row at, const node_table& table, const pod_class& pod,
                        const namespace_labels& namespaces) const {
  const auto& labels = table.node(at).labels;
  bool near = true;
  for (const auto& term : pod.affinity) {
    const auto value = label_of(labels, term.topology_key);
    if (!value)
      return inter_pod_affinity::not_near;
    const auto* total = find(term.topology_key, *value);
    near = near && total != nullptr && total->near > 0;
  }
  // The first of pods that want to be near each other goes anywhere.
  if (!near
      && (near_pairs_ != 0 || !matches_all(pod.affinity, pod, namespaces)))
    return inter_pod_affinity::not_near;
  for (const auto& term : pod.anti_affinity) {
    const auto value = label_of(labels, term.topology_key);
    const auto* total = value ? find(term.topology_key, *value) : nullptr;
    if (total != nullptr && total->apart > 0)
      return inter_pod_affinity::not_apart;
  }
  if (unwelcome_pairs_ == 0)
    return {};
  for (const auto& one : topologies_) {
    const auto value = label_of(labels, one.key);
    const auto* total = value ? find(one.key, *value) : nullptr;
    if (total != nullptr && total->unwelcome > 0)
      return inter_pod_affinity::unwelcome;
  }
  return {};
}

std::int64_t affinity_counts::preference(row at,
                                         const node_table& table) const {
  std::int64_t out = 0;
  for (const auto& one : topologies_) {
    const auto value = label_of(table.node(at).labels, one.key);
    const auto* total = value ? find(one.key, *value) : nullptr;
    if (total != nullptr)
      out += total->liking;
  }
  return out;
}

void normalize_preferences(std::vector<std::int64_t>& preferences) {
  if (preferences.empty())
    return;
  const auto [low, high] =
      std::minmax_element(preferences.begin(), preferences.end());
  const auto least = *low;
  const auto span = *high - least;
  for (auto& one : preferences)
    one = span == 0
              ? 0
              : static_cast<std::int64_t>(static_cast<double>(score_max)
                                          * (static_cast<double>(one - least)
                                             / static_cast<double>(span)));
}

} // namespace troupe::scheduler
