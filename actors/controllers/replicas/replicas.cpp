#include "actors/controllers/replicas/replicas.hpp"

#include "actors/controllers/replicas/pods.hpp"
#include "actors/controllers/replicas/ranking.hpp"
#include "actors/controllers/replicas/status.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/meta/names.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/registry.hpp"
#include "runtime/base/prng.hpp"
#include "runtime/control/object_meta.hpp"

#include <algorithm>
#include <set>

namespace troupe::controllers::replicas {

namespace {

using control::plan;
using control::snapshot;

/// FNV-1a of 64 bits.
std::uint64_t seed_of(std::initializer_list<std::string_view> texts) {
  std::uint64_t out = 0xcbf29ce484222325;
  for (const auto text : texts)
    for (const unsigned char c : text)
      out = (out ^ c) * 0x100000001b3;
  return out;
}

/// What new pods are called: the dash only if the name can bear it.
std::string prefix_of(const keeper& owner) {
  auto dashed = owner.name + "-";
  return meta::check_subdomain_name(dashed, true).empty() ? dashed : owner.name;
}

codec::document pod_from_template(const keeper& owner, const std::string& name,
                                  const std::string& prefix) {
  namespace id = codec::object_meta;
  codec::document pod{schema::find_kind_type({"", "v1", "Pod"})};
  auto& metadata = pod.object_at(pod.root(), codec::metadata_id);
  const auto* wanted = owner.pod_template.metadata().raw();
  for (const auto field : {id::labels, id::annotations, id::finalizers})
    if (const auto* value = wanted == nullptr ? nullptr : wanted->find(field))
      pod.set(metadata, field, pod.clone(*value));
  pod.set(metadata, id::name, pod.make_string(name));
  pod.set(metadata, id::generate_name, pod.make_string(prefix));
  pod.set(metadata, id::space, pod.make_string(owner.ns));
  add_controller(pod, owner);
  if (const auto* spec = owner.pod_template.spec().raw())
    pod.set(pod.root(), schema::ids::pod::spec, pod.clone(*spec));
  return pod;
}

control::action_event event_of(const keeper& owner, std::string_view what,
                               std::string done, std::string refused) {
  control::action_event out;
  out.about = control::subject_of(owner.key, *owner.object);
  out.done = {false, "Successful" + std::string{what}, std::move(done)};
  out.refused = {true, "Failed" + std::string{what}, std::move(refused)};
  return out;
}

void make_pods(const snapshot& view, const keeper& owner, std::size_t count,
               plan& out) {
  const auto prefix = prefix_of(owner);
  prng random{
      seed_of({owner.uid, control::resource_version_of(*owner.object)})};
  std::set<object_key> taken;
  for (std::size_t i = 0; i < count; ++i) {
    auto name = meta::generate_name(prefix, random.next());
    auto key = control::make_key("", "pods", owner.ns, name);
    while (view.find(key) != nullptr || !taken.insert(key).second) {
      name = meta::generate_name(prefix, random.next());
      key = control::make_key("", "pods", owner.ns, name);
    }
    control::action made;
    made.kind = control::action_kind::create;
    made.target = std::move(key);
    made.body = std::make_shared<const codec::document>(
        pod_from_template(owner, name, prefix));
    made.reason = owner.key + " is short of pods";
    made.event =
        event_of(owner, "Create", "Created pod: " + name, "Error creating: ");
    out.actions.push_back(std::move(made));
  }
}

void give_up_pods(const snapshot& view, const keeper& owner,
                  std::vector<known_pod> active, std::size_t count, plan& out) {
  for (const auto& pod :
       choose_victims(view, owner, std::move(active), count)) {
    control::action gone;
    gone.kind = control::action_kind::remove;
    gone.target = pod.key;
    gone.uid = pod.version->columns->uid;
    gone.reason = owner.key + " has more pods than it wants";
    const std::string name{control::parse_key(pod.key)->name};
    gone.event =
        event_of(owner, "Delete", "Deleted pod: " + name, "Error deleting: ");
    out.actions.push_back(std::move(gone));
  }
}

/// Nothing can be made in a namespace that is being deleted, and nobody minds.
bool takes_pods(const snapshot& view, const keeper& owner) {
  const auto ns = view.find(control::make_key("", "namespaces", {}, owner.ns));
  return ns == nullptr || !ns->columns->deleting;
}

/// What was refused last time, of making or removing pods.
std::optional<failure> failure_of(const snapshot& view, std::int64_t missing) {
  if (missing == 0)
    return std::nullopt;
  const auto pods = control::make_key("", "pods", {}, "");
  for (const auto& [target, message] : view.refusals()) {
    if (!target.starts_with(pods))
      continue;
    if (missing > 0)
      return failure{"FailedCreate", message};
    return failure{"FailedDelete", "unable to delete pods: " + message};
  }
  return std::nullopt;
}

void look_again(const keeper& owner, const claim& pods, wall_time now,
                plan& out) {
  for (const auto& pod : pods.active)
    if (const auto at = available_at(*pod.facts, owner.min_ready_seconds, now))
      out.again_at = std::min(out.again_at.value_or(*at), *at);
}

/// As many pods as wanted: makes or gives up some.
void change_count(const snapshot& view, const keeper& owner, const claim& pods,
                  std::int64_t missing, bool failing, plan& out) {
  const auto have = pods.active.size();
  if (missing > 0 && takes_pods(view, owner)) {
    const auto start = failing ? 1 : have + 1;
    make_pods(view, owner,
              std::min({static_cast<std::size_t>(missing), start, burst_max}),
              out);
  } else if (missing < 0) {
    give_up_pods(view, owner, pods.active,
                 std::min(static_cast<std::size_t>(-missing), burst_max), out);
  }
}

/// Enqueues the keeper of our kind that controls the pod. False when no
/// controller has it, of whatever kind.
bool controlled_by(const keeper_kind& kind, const object_key& key,
                   const store::version& pod,
                   const std::function<void(const object_key&)>& enqueue) {
  if (pod.columns->owner_uids.empty())
    return false;
  const auto object = control::decode_object(key, pod);
  if (!object)
    return false;
  for (const auto& owner : control::owner_references(*object)) {
    if (!owner.controller)
      continue;
    if (owner.kind == kind.kind && owner.api_version == kind.api_version)
      enqueue(control::make_key(kind.group, kind.plural,
                                control::parse_key(key)->ns, owner.name));
    return true;
  }
  return false;
}

} // namespace

plan reconcile(const snapshot& view, const keeper_kind& kind,
               const object_key& key) {
  plan out;
  if (key.ends_with('/')) {
    auto ns = key.substr(keepers_of(kind, "").size());
    ns.pop_back();
    out.actions = adoptions(view, kind, ns);
    return out;
  }
  const auto owner = read_keeper(view, kind, key);
  if (!owner)
    return out;
  auto pods = claim_pods(view, *owner);
  out.actions = std::move(pods.actions);
  const auto claims = out.actions.size();
  const auto missing =
      owner->deleting
          ? 0
          : owner->replicas - static_cast<std::int64_t>(pods.active.size());
  const auto why = failure_of(view, missing);
  change_count(view, *owner, pods, missing, why.has_value(), out);
  // A write of the status would change what new pods are called.
  if (out.actions.size() == claims || why)
    if (auto told = tell_status(*owner, pods, why, view.now()))
      out.actions.push_back(std::move(*told));
  look_again(*owner, pods, view.now(), out);
  return out;
}

void keys_of(const keeper_kind& kind, const control::object_change& change,
             const std::function<void(const object_key&)>& enqueue) {
  const auto parts = control::parse_key(change.key);
  if (!parts)
    return;
  if (parts->group == kind.group && parts->plural == kind.plural)
    return enqueue(change.key);
  const auto& [key, before, now] = change;
  const bool same_owners =
      before != nullptr && now != nullptr
      && before->columns->owner_uids == now->columns->owner_uids;
  if (before != nullptr && !same_owners)
    controlled_by(kind, key, *before, enqueue);
  if (now == nullptr || controlled_by(kind, key, *now, enqueue))
    return;
  const bool same_labels =
      before != nullptr && before->columns->labels == now->columns->labels;
  if (is_active(*now) && !(same_owners && same_labels))
    enqueue(keepers_of(kind, parts->ns));
}

} // namespace troupe::controllers::replicas
