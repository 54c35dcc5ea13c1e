#include "actors/controllers/node_lifecycle/node_health.hpp"

#include "actors/controllers/nodes/node_facts.hpp"
#include "actors/controllers/nodes/pod_condition.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/view/coordination_v1.hpp"
#include "messages/view/core_v1.hpp"
#include "runtime/control/object_meta.hpp"

#include <algorithm>

namespace troupe::controllers::node_lifecycle {

namespace {

namespace ids = schema::ids;
namespace fields = ids::node_condition;
namespace core = view::core_v1;

/// What an agent reports, and nobody knows of a silent node.
constexpr std::string_view reported[] = {"Ready", "MemoryPressure",
                                         "DiskPressure", "PIDPressure"};

control::event_subject subject(std::string_view name, std::string_view uid) {
  control::event_subject out;
  out.kind = "Node";
  out.name = name;
  out.uid = uid;
  return out;
}

control::plan_event registered(const std::string& name, std::string_view uid) {
  return {
      subject(name, uid),
      {false, "RegisteredNode",
       "Node " + name + " event: Registered Node " + name + " in Controller"}};
}

control::plan_event removing(const std::string& name, std::string_view uid) {
  return {
      subject(name, uid),
      {false, "RemovingNode",
       "Node " + name + " event: Removing Node " + name + " from Controller"}};
}

/// It changes with each sign of life.
std::string heartbeat_of(const control::snapshot& view,
                         const codec::document& node, std::string_view name) {
  std::string out;
  const auto lease = view.get(std::string{nodes::lease_prefix}.append(name));
  if (lease != nullptr)
    out = view::coordination_v1::lease{*lease}.spec().renew_time();
  out += ' ';
  for (auto each : core::node{node}.status().conditions())
    if (each.type() == "Ready")
      out += each.last_heartbeat_time();
  return out;
}

void set(codec::document& doc, codec::node& condition, codec::field_id id,
         std::string_view text) {
  doc.set(condition, id, doc.make_string(text));
}

codec::node* find_condition(codec::node& list, std::string_view type) {
  for (auto* each : list.items())
    if (core::node_condition{each}.type() == type)
      return each;
  return nullptr;
}

void add_never_reported(codec::document& doc, codec::node& list,
                        std::string_view type, const std::string& now) {
  auto* made = doc.make_object();
  set(doc, *made, fields::type, type);
  set(doc, *made, fields::status, "Unknown");
  set(doc, *made, fields::last_heartbeat_time,
      core::node{doc}.metadata().creation_timestamp());
  set(doc, *made, fields::last_transition_time, now);
  set(doc, *made, fields::reason, "NodeStatusNeverUpdated");
  set(doc, *made, fields::message, "Kubelet never posted node status.");
  doc.push_back(list, made);
}

/// False when nobody could know less of the node.
bool set_unknown(codec::document& node, wall_time at) {
  const auto now = meta::format_time(at);
  auto& status = node.object_at(node.root(), ids::node::status);
  auto& list = node.list_at(status, ids::node_status::conditions);
  bool changed = false;
  for (const auto type : reported) {
    auto* found = find_condition(list, type);
    if (found == nullptr) {
      add_never_reported(node, list, type, now);
    } else if (core::node_condition{found}.status() != "Unknown") {
      set(node, *found, fields::status, "Unknown");
      set(node, *found, fields::last_transition_time, now);
      set(node, *found, fields::reason, "NodeStatusUnknown");
      set(node, *found, fields::message,
          "Kubelet stopped posting node status.");
    } else {
      continue;
    }
    changed = true;
  }
  return changed;
}

control::action give_up(const object_key& key, const codec::document& node,
                        codec::document changed) {
  auto out = control::update_of(key, std::move(changed),
                                "the node stopped posting its status");
  out.subresource = "status";
  if (nodes::ready_status(node) != "True")
    return out;
  const std::string name{nodes::node_name(key)};
  out.event = control::action_event{
      subject(name, control::uid_of(node)),
      control::event_note{false, "NodeNotReady",
                          "Node " + name + " status is now: NodeNotReady"}};
  return out;
}

void mark_pods(const control::snapshot& view, std::string_view node,
               control::plan& out) {
  for (const auto& key : nodes::pods_on(view, node)) {
    const auto pod = view.get(key);
    if (pod == nullptr)
      continue;
    auto changed = pod->clone();
    if (!nodes::set_not_ready(changed, view.now()))
      continue;
    auto action = control::update_of(key, std::move(changed),
                                     "nobody hears from its node");
    action.subresource = "status";
    action.event = control::action_event{
        control::subject_of(key, *pod),
        control::event_note{true, "NodeNotReady", "Node is not ready"}};
    out.actions.push_back(std::move(action));
  }
}

} // namespace

control::plan plan_health(const settings& how, const control::snapshot& view,
                          const object_key& key) {
  control::plan out;
  const std::string name{nodes::node_name(key)};
  const auto before = view.seen(key);
  const auto known = before.find(seen_uid);
  const auto known_uid = known == before.end() ? "" : known->second.value;
  const auto node = view.get(key);
  if (node == nullptr) {
    if (!known_uid.empty())
      out.events.push_back(removing(name, known_uid));
    return out;
  }
  const std::string uid{control::uid_of(*node)};
  if (known_uid != uid)
    out.events.push_back(registered(name, uid));
  const auto heartbeat = heartbeat_of(view, *node, name);
  out.seen = {{seen_uid, uid}, {seen_heartbeat, heartbeat}};
  const auto silence = view.seen_for(key, seen_heartbeat, heartbeat);
  const auto grace =
      nodes::ready_status(*node).empty() ? how.startup_grace : how.grace;
  if (silence < grace) {
    out.again_at = view.now() + (grace - silence);
    return out;
  }
  auto changed = node->clone();
  if (set_unknown(changed, view.now()))
    out.actions.push_back(give_up(key, *node, std::move(changed)));
  else
    mark_pods(view, name, out);
  return out;
}

} // namespace troupe::controllers::node_lifecycle
