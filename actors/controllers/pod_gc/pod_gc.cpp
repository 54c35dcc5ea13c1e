#include "actors/controllers/pod_gc/pod_gc.hpp"

#include "actors/controllers/nodes/node_facts.hpp"
#include "actors/controllers/nodes/pod_condition.hpp"
#include "actors/controllers/nodes/taints.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/view/core_v1.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace troupe::controllers::pod_gc {

namespace {

namespace ids = schema::ids;
namespace core = view::core_v1;

constexpr nodes::pod_condition orphaned = {"DisruptionTarget", "True",
                                           "DeletionByPodGC",
                                           "PodGC: node no longer exists"};

bool has_ended(const store::columns& pod) {
  const auto phase = nodes::field_of(pod, "status.phase");
  return phase == "Succeeded" || phase == "Failed";
}

bool is_out_of_service(const codec::document& node) {
  return nodes::ready_status(node) != "True"
         && std::ranges::any_of(nodes::taints_of(node), [](const auto& each) {
              return each.key == nodes::taint_key::out_of_service;
            });
}

class planner {
public:
  planner(const settings& how, const control::snapshot& view)
      : how_(how), view_(view) {
    view.each(nodes::node_prefix, [&](const object_key& key, const auto&) {
      const auto node = view.get(key);
      const auto name = std::string{nodes::node_name(key)};
      nodes_.insert(name);
      if (node != nullptr && is_out_of_service(*node))
        out_of_service_.insert(name);
      return true;
    });
  }

  control::plan plan() {
    view_.each(all_pods(), [&](const object_key& key, const auto& version) {
      look_at(key, *version);
      return true;
    });
    remove_ended();
    return std::move(out_);
  }

private:
  void look_at(const object_key& key, const store::version& version) {
    const auto& columns = *version.columns;
    const std::string node{nodes::node_of_pod(columns)};
    if (!node.empty() && !nodes_.contains(node) && is_long_gone(node))
      return remove(key, "its node is no more", &orphaned);
    if (columns.deleting && node.empty())
      return remove(key, "it is being deleted, and nobody runs it");
    if (columns.deleting && out_of_service_.contains(node))
      return remove(key, "it is being deleted on a node out of service");
    if (has_ended(columns))
      ended_.push_back(key);
  }

  bool is_long_gone(const std::string& node) {
    out_.seen[node] = "missing";
    const auto age = view_.seen_for(all_pods(), node, "missing");
    if (age >= how_.quarantine)
      return true;
    const auto due = view_.now() + (how_.quarantine - age);
    out_.again_at = std::min(out_.again_at.value_or(due), due);
    return false;
  }

  /// Its end is said before it is removed: one write after the other.
  void remove(const object_key& key, const char* why,
              const nodes::pod_condition* condition = nullptr) {
    const auto version = view_.find(key);
    const auto pod = view_.get(key);
    // At once, and yet it is here: finalizers hold it.
    const bool held =
        pod != nullptr && version->columns->deleting
        && core::pod{*pod}.metadata().deletion_grace_period_seconds() == 0;
    if (pod == nullptr || (held && has_ended(*version->columns)))
      return;
    auto action = has_ended(*version->columns)
                      ? control::removal_of(key, *version, "", why)
                      : control::update_of(key, failed(*pod, condition), why);
    if (action.kind == control::action_kind::remove)
      action.grace_period_seconds = 0;
    else
      action.subresource = "status";
    action.confirm = condition != nullptr; // it rests on an absence
    out_.actions.push_back(std::move(action));
  }

  codec::document failed(const codec::document& pod,
                         const nodes::pod_condition* condition) const {
    auto out = pod.clone();
    auto& status = out.object_at(out.root(), ids::pod::status);
    out.set(status, ids::pod_status::phase, out.make_string("Failed"));
    if (condition != nullptr)
      nodes::set_condition(out, *condition, view_.now());
    return out;
  }

  void remove_ended() {
    if (how_.ended_pods_max == 0 || ended_.size() <= how_.ended_pods_max)
      return;
    using rank = std::tuple<bool, std::string, std::string, object_key>;
    std::vector<rank> ranks;
    for (const auto& key : ended_)
      if (const auto pod = view_.get(key)) {
        const core::pod it{*pod};
        const bool evicted = it.status().phase() == "Failed"
                             && it.status().reason() == "Evicted";
        ranks.emplace_back(!evicted, it.metadata().creation_timestamp(),
                           it.metadata().name(), key);
      }
    std::ranges::sort(ranks);
    const auto most = ended_.size() - how_.ended_pods_max;
    for (std::size_t i = 0; i < std::min(most, ranks.size()); ++i)
      remove(std::get<3>(ranks[i]), "too many pods have ended");
  }

  const settings& how_;
  const control::snapshot& view_;
  std::set<std::string> nodes_;
  std::set<std::string> out_of_service_;
  std::vector<object_key> ended_;
  control::plan out_;
};

} // namespace

control::plan reconcile(const settings& how, const control::snapshot& view,
                        const object_key&) {
  return planner{how, view}.plan();
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  const bool ends =
      change.now != nullptr
      && (change.now->columns->deleting || has_ended(*change.now->columns));
  if (ends || change.key.starts_with(nodes::node_prefix))
    enqueue(all_pods());
}

object_key all_pods() {
  return object_key{nodes::pod_prefix};
}

} // namespace troupe::controllers::pod_gc
