#include "actors/controllers/taint_eviction/taint_eviction.hpp"

#include "actors/controllers/nodes/node_facts.hpp"
#include "actors/controllers/nodes/pod_condition.hpp"
#include "actors/controllers/nodes/taints.hpp"
#include "runtime/control/object_meta.hpp"

#include <algorithm>

namespace troupe::controllers::taint_eviction {

namespace {

using nodes::taint;

/// What a node's plan sees: its taints, and the pods that are to go.
constexpr std::string_view seen_taint = "taint ";
constexpr std::string_view seen_pod = "pod ";

constexpr nodes::pod_condition condition = {
    "DisruptionTarget", "True", "DeletionByTaintManager",
    "Taint manager: deleting due to NoExecute taint"};

/// "default/web" of "core/pods/default/web".
std::string_view short_name(std::string_view key) {
  return key.substr(nodes::pod_prefix.size());
}

std::string name_of(std::string_view prefix, std::string_view rest) {
  return std::string{prefix}.append(rest);
}

/// Under which name a taint is seen. What a node's silence and its own word
/// bring take each other's place, and are borne as one.
std::string name_of(const taint& it) {
  if (it.key == nodes::taint_key::not_ready
      || it.key == nodes::taint_key::unreachable)
    return name_of(seen_taint, "node.kubernetes.io/not-ready");
  return name_of(seen_taint, it.text());
}

control::event_note note(const char* what, std::string_view key) {
  return {false, "TaintManagerEviction",
          std::string{what}.append(" Pod ").append(short_name(key))};
}

class planner {
public:
  planner(const control::snapshot& view, const object_key& key)
      : view_(view), key_(key) {
    const auto node = view.get(key);
    if (node == nullptr)
      return;
    for (auto& each : nodes::taints_of(*node))
      if (each.effect == nodes::no_execute)
        taints_.push_back(std::move(each));
  }

  control::plan plan() {
    const auto before = view_.seen(key_);
    if (taints_.empty() && before.empty())
      return {};
    for (const auto& each : taints_)
      out_.seen[name_of(each)] = "";
    if (!taints_.empty())
      for (const auto& pod : nodes::pods_on(view_, nodes::node_name(key_)))
        look_at(pod);
    for (const auto& [name, what] : before)
      if (name.starts_with(seen_pod) && !out_.seen.contains(name))
        tell_of_stay(name.substr(seen_pod.size()), what.value);
    return std::move(out_);
  }

private:
  void look_at(const object_key& key) {
    const auto version = view_.find(key);
    const auto pod = view_.get(key);
    if (pod == nullptr || version->columns->deleting)
      return;
    const auto& uid = version->columns->uid;
    const auto left =
        time_left(*pod, view_.seen_for(key_, name_of(seen_pod, key), uid));
    if (!left)
      return;
    out_.seen[name_of(seen_pod, key)] = uid;
    if (*left > duration{}) {
      const auto due = view_.now() + *left;
      out_.again_at = std::min(out_.again_at.value_or(due), due);
    } else {
      evict(key, *pod, *version);
    }
  }

  /// Until the pod goes; none: it may stay for ever. `borne`: for how long it
  /// has been seen under these taints.
  std::optional<duration> time_left(const codec::document& pod,
                                    duration borne) const {
    std::optional<duration> out;
    for (const auto& each : taints_) {
      const auto bears = nodes::patience_of(pod, each);
      if (bears.forever)
        continue;
      const auto age = std::min(borne, view_.seen_for(key_, name_of(each), ""));
      const auto left = std::max(bears.time - age, duration{});
      out = std::min(out.value_or(left), left);
    }
    return out;
  }

  /// It is said why before it is done: one write after the other.
  void evict(const object_key& key, const codec::document& pod,
             const store::version& version) {
    auto changed = pod.clone();
    if (nodes::set_condition(changed, condition, view_.now())) {
      out_.actions.push_back(
          control::update_of(key, std::move(changed), "it is to be evicted"));
      out_.actions.back().subresource = "status";
      return;
    }
    auto removal = control::removal_of(
        key, version, "", "it does not tolerate its node's taints");
    removal.event = control::action_event{control::subject_of(key, pod),
                                          note("Marking for deletion", key)};
    out_.actions.push_back(std::move(removal));
  }

  void tell_of_stay(const std::string& key, const std::string& uid) {
    const auto version = view_.find(key);
    if (version == nullptr || version->columns->deleting
        || version->columns->uid != uid)
      return;
    if (const auto pod = view_.get(key))
      out_.events.push_back({control::subject_of(key, *pod),
                             note("Cancelling deletion of", key)});
  }

  const control::snapshot& view_;
  const object_key& key_;
  std::vector<taint> taints_;
  control::plan out_;
};

} // namespace

control::plan reconcile(const control::snapshot& view, const object_key& key) {
  return planner{view, key}.plan();
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  if (!change.key.starts_with(nodes::pod_prefix))
    return enqueue(change.key);
  const auto& version = change.now ? change.now : change.before;
  if (const auto node = nodes::node_of_pod(*version->columns); !node.empty())
    enqueue(nodes::node_key(node));
}

} // namespace troupe::controllers::taint_eviction
