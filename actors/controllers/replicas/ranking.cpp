#include "actors/controllers/replicas/ranking.hpp"

#include "messages/codec/validate/object_ids.hpp"
#include "runtime/control/object_meta.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <string>

namespace troupe::controllers::replicas {

namespace {

struct ranked_pod {
  known_pod pod;
  std::size_t neighbours = 0; ///< active pods of the owner's owner beside it
};

int phase_rank(const store::version& pod) {
  const auto phase =
      meta::find_column(pod.columns->fields, "status.phase").value_or("");
  if (phase == "Running")
    return 2;
  return phase == "Unknown" ? 1 : 0;
}

/// The power of two a span lies in; -1 for none.
int magnitude(duration span) {
  if (span.count() <= 0)
    return -1;
  return std::bit_width(static_cast<std::uint64_t>(span.count())) - 1;
}

/// Below 0: `a` goes first, because it happened to it later; 0: it does not
/// decide. What has no time is the latest.
int later_first(const std::optional<wall_time>& a,
                const std::optional<wall_time>& b, const std::string& uid_a,
                const std::string& uid_b, wall_time now) {
  if (a == b)
    return 0;
  if (!a || !b)
    return a ? 1 : -1;
  const auto difference = magnitude(now - *a) - magnitude(now - *b);
  return difference != 0 ? difference : uid_a.compare(uid_b);
}

/// Below 0: `a` is given up before `b`.
int compare(const ranked_pod& a, const ranked_pod& b, wall_time now) {
  const auto& x = *a.pod.facts;
  const auto& y = *b.pod.facts;
  const auto& at_x = *a.pod.version;
  const auto& at_y = *b.pod.version;
  const auto later = [&](const auto& first, const auto& second) {
    return later_first(first, second, at_x.columns->uid, at_y.columns->uid,
                       now);
  };
  const auto numbers = [](auto first, auto second) {
    return first < second ? -1 : first > second ? 1 : 0;
  };
  if (const auto by = numbers(!node_of(at_x).empty(), !node_of(at_y).empty()))
    return by;
  if (const auto by = numbers(phase_rank(at_x), phase_rank(at_y)))
    return by;
  if (const auto by = numbers(x.ready, y.ready))
    return by;
  if (const auto by = numbers(x.deletion_cost, y.deletion_cost))
    return by;
  if (const auto by = numbers(b.neighbours, a.neighbours))
    return by;
  if (x.ready)
    if (const auto by = later(x.ready_since, y.ready_since))
      return by;
  if (const auto by = numbers(y.restarts, x.restarts))
    return by;
  if (const auto by = numbers(y.sidecar_restarts, x.sidecar_restarts))
    return by;
  return later(x.created, y.created);
}

/// How many active pods each node has of all keepers that belong to whom the
/// owner belongs to.
std::map<std::string_view, std::size_t>
count_related(const control::snapshot& view, const keeper& owner) {
  std::map<std::string_view, std::size_t> out;
  const auto references = control::owner_references(*owner.object);
  const auto above = std::ranges::find_if(
      references, [](const auto& one) { return one.controller; });
  if (above == references.end())
    return out;
  const auto prefix = keepers_of(*owner.kind, owner.ns);
  for (const auto& key : view.owners().dependents(above->uid)) {
    const auto keeper = view.find(key);
    if (keeper == nullptr || !key.starts_with(prefix))
      continue;
    for (const auto& pod_key : view.owners().dependents(keeper->columns->uid))
      if (const auto pod = view.find(pod_key);
          pod != nullptr && is_active(*pod))
        ++out[node_of(*pod)];
  }
  return out;
}

} // namespace

std::vector<known_pod> choose_victims(const control::snapshot& view,
                                      const keeper& owner,
                                      std::vector<known_pod> active,
                                      std::size_t count) {
  if (count >= active.size())
    return active;
  const auto related = count_related(view, owner);
  std::vector<ranked_pod> ranked;
  for (auto& pod : active) {
    const auto found = related.find(node_of(*pod.version));
    ranked.push_back(
        {std::move(pod), found == related.end() ? 0 : found->second});
  }
  std::ranges::stable_sort(ranked, [&](const auto& a, const auto& b) {
    return compare(a, b, view.now()) < 0;
  });
  std::vector<known_pod> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(std::move(ranked[i].pod));
  return out;
}

} // namespace troupe::controllers::replicas
