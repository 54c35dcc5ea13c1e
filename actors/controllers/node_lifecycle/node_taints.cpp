#include "actors/controllers/node_lifecycle/node_taints.hpp"

#include "actors/controllers/nodes/node_facts.hpp"
#include "actors/controllers/nodes/taints.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "messages/view/core_v1.hpp"

#include <algorithm>
#include <set>

namespace troupe::controllers::node_lifecycle {

namespace {

namespace core = view::core_v1;
namespace key_of = nodes::taint_key;
using nodes::taint;

/// What the plan for all nodes sees.
constexpr const char* seen_look = "look";
constexpr const char* seen_hearing = "hearing";
constexpr const char* seen_taint = "taint "; ///< and the zone's name

struct condition_taint {
  std::string_view condition;
  std::string_view status;
  std::string_view key;
};

constexpr condition_taint condition_taints[] = {
    {"Ready", "False", key_of::not_ready},
    {"Ready", "Unknown", key_of::unreachable},
    {"MemoryPressure", "True", key_of::memory_pressure},
    {"DiskPressure", "True", key_of::disk_pressure},
    {"NetworkUnavailable", "True", key_of::network_unavailable},
    {"PIDPressure", "True", key_of::pid_pressure},
};

constexpr std::pair<std::string_view, std::string_view> repeated_labels[] = {
    {"kubernetes.io/os", "beta.kubernetes.io/os"},
    {"kubernetes.io/arch", "beta.kubernetes.io/arch"},
};

struct seen_node {
  object_key key;
  std::shared_ptr<const codec::document> document;
  std::string ready; ///< status of the condition
  std::string zone;
  std::vector<taint> taints;

  bool has(std::string_view taint_key) const {
    return nodes::has_taint(taints, taint_key, nodes::no_execute);
  }
};

/// What one node's write changes.
struct taint_change {
  std::vector<taint> gone;
  std::vector<taint> added;
};

taint make(std::string_view key, std::string_view effect) {
  return {std::string{key}, {}, std::string{effect}, {}};
}

bool is_condition_taint(std::string_view key) {
  return key == key_of::unschedulable
         || std::ranges::any_of(condition_taints, [&](const auto& each) {
              return each.key == key;
            });
}

std::vector<taint> wanted_no_schedule(const codec::document& node) {
  std::vector<taint> out;
  const core::node view{node};
  for (auto condition : view.status().conditions())
    for (const auto& each : condition_taints)
      if (condition.type() == each.condition
          && condition.status() == each.status)
        out.push_back(make(each.key, nodes::no_schedule));
  if (view.spec().unschedulable())
    out.push_back(make(key_of::unschedulable, nodes::no_schedule));
  return out;
}

void compare_no_schedule(const seen_node& node, taint_change& out) {
  const auto wanted = wanted_no_schedule(*node.document);
  for (const auto& each : wanted)
    if (!nodes::has_taint(node.taints, each.key, nodes::no_schedule))
      out.added.push_back(each);
  // A node that reported nothing yet keeps what it was registered with.
  const auto is_settled = [&](const taint& each) {
    return is_condition_taint(each.key)
           && (each.key != key_of::not_ready || !node.ready.empty());
  };
  for (const auto& each : node.taints)
    if (each.effect == nodes::no_schedule && is_settled(each)
        && !nodes::has_taint(wanted, each.key, nodes::no_schedule))
      out.gone.push_back(each);
}

/// The NoExecute taint that its state asks for; empty: none.
std::string_view wanted_no_execute(const seen_node& node) {
  if (node.ready == "False")
    return key_of::not_ready;
  if (node.ready == "Unknown")
    return key_of::unreachable;
  return {};
}

class planner {
public:
  planner(const settings& how, const control::snapshot& view)
      : how_(how), view_(view), before_(view.seen(all_nodes())) {
    view.each(all_nodes(), [&](const object_key& key, const auto&) {
      take(key);
      return true;
    });
  }

  control::plan plan() {
    look();
    note_taints();
    for (const auto& node : nodes_) {
      taint_change change;
      compare_no_schedule(node, change);
      compare_no_execute(node, change);
      write(node, change);
    }
    return std::move(out_);
  }

private:
  void take(const object_key& key) {
    const auto found = view_.get(key);
    if (found == nullptr)
      return;
    seen_node node{key, found, std::string{nodes::ready_status(*found)},
                   zone_of(*found), nodes::taints_of(*found)};
    if (counts_in_zone(*found))
      zones_.count(node.zone, node.ready == "True");
    nodes_.push_back(std::move(node));
  }

  /// Whether a node was heard of lately. Half a grace period without a word
  /// from anybody, or without a look, may be a silence on this side.
  bool somebody_is_heard() const {
    return std::ranges::any_of(nodes_, [&](const seen_node& node) {
      const auto seen = view_.seen(node.key);
      const auto beat = seen.find(seen_heartbeat);
      return beat != seen.end() && beat->second.age < how_.grace / 2;
    });
  }

  void look() {
    const auto now = meta::format_micro_time(view_.now());
    out_.seen[seen_look] = now;
    out_.again_at = view_.now() + how_.look_period();
    if (!somebody_is_heard())
      return;
    const auto looked = before_.find(seen_look);
    const auto heard = before_.find(seen_hearing);
    const bool unbroken = looked != before_.end() && heard != before_.end()
                          && looked->second.age < how_.grace / 2;
    const auto since = unbroken ? heard->second.value : now;
    out_.seen[seen_hearing] = since;
    hears_ = view_.seen_for(all_nodes(), seen_hearing, since) >= how_.grace;
  }

  /// When a node of each zone was last given up: the newest taint seen.
  void note_taints() {
    for (const auto& [name, what] : before_)
      if (name.starts_with(seen_taint))
        out_.seen[name] = what.value;
    for (const auto& node : nodes_)
      for (const auto& each : node.taints)
        if (each.effect == nodes::no_execute
            && (each.key == key_of::not_ready
                || each.key == key_of::unreachable)) {
          auto& newest = out_.seen[seen_taint + node.zone];
          newest = std::max(newest, each.time_added);
        }
  }

  void compare_no_execute(const seen_node& node, taint_change& change) {
    auto wanted = wanted_no_execute(node);
    if (zones_.all_disrupted())
      wanted = {};
    const bool has_one =
        node.has(key_of::not_ready) || node.has(key_of::unreachable);
    for (const auto key : {key_of::not_ready, key_of::unreachable})
      if (key != wanted && node.has(key))
        change.gone.push_back(make(key, nodes::no_execute));
    if (wanted.empty() || node.has(wanted))
      return;
    if (has_one || may_give_up(node, wanted))
      change.added.push_back(make(wanted, nodes::no_execute));
  }

  /// One node of a zone at a time.
  bool may_give_up(const seen_node& node, std::string_view wanted) {
    if (wanted == key_of::unreachable && !hears_)
      return false;
    const auto period = zones_.period_of(node.zone, how_.rates);
    if (!period || given_up_.contains(node.zone))
      return false;
    const auto last = out_.seen.find(seen_taint + node.zone);
    if (last != out_.seen.end()) {
      const auto age = view_.seen_for(all_nodes(), last->first, last->second);
      if (age < *period) {
        out_.again_at = std::min(*out_.again_at, view_.now() + (*period - age));
        return false;
      }
    }
    given_up_.insert(node.zone);
    return true;
  }

  void write(const seen_node& node, const taint_change& change) {
    const bool taints = !change.gone.empty() || !change.added.empty();
    auto next = node.document->clone();
    const bool labels = repeat_labels(next);
    if (!taints && !labels)
      return;
    if (taints)
      nodes::change_taints(next, change.gone, change.added, view_.now());
    out_.actions.push_back(
        control::update_of(node.key, std::move(next), describe(change)));
  }

  static bool repeat_labels(codec::document& node) {
    namespace ids = schema::ids;
    auto* metadata = node.root().find(ids::node::metadata);
    auto* labels =
        metadata ? metadata->find(ids::object_meta::labels) : nullptr;
    bool changed = false;
    for (const auto& [from, to] : repeated_labels) {
      const auto* value = labels ? labels->find(from) : nullptr;
      if (value == nullptr)
        continue;
      const auto* has = labels->find(to);
      if (has != nullptr && has->string_or("") == value->string_or(""))
        continue;
      node.set(*labels, to, node.make_string(value->string_or("")));
      changed = true;
    }
    return changed;
  }

  static std::string describe(const taint_change& change) {
    std::string out;
    for (const auto& each : change.added)
      out += "+" + each.key + ":" + each.effect + " ";
    for (const auto& each : change.gone)
      out += "-" + each.key + ":" + each.effect + " ";
    if (out.empty())
      return "labels repeat others";
    out.pop_back();
    return out;
  }

  const settings& how_;
  const control::snapshot& view_;
  const std::map<std::string, control::sighting> before_;
  std::vector<seen_node> nodes_;
  zone_table zones_;
  std::set<std::string> given_up_; ///< zones, by this plan
  bool hears_ = false;             ///< others, for a grace period
  control::plan out_;
};

} // namespace

control::plan plan_taints(const settings& how, const control::snapshot& view) {
  return planner{how, view}.plan();
}

} // namespace troupe::controllers::node_lifecycle
