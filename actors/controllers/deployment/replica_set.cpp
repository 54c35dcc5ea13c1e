#include "actors/controllers/deployment/replica_set.hpp"

#include "actors/controllers/deployment/template.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/schema/ids/apps_v1.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "messages/schema/registry.hpp"
#include "runtime/control/object_meta.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

namespace troupe::controllers::deployments {

namespace {

namespace ids = schema::ids;
namespace meta_id = codec::object_meta;
using control::action;

constexpr std::size_t name_max = 253;
/// Of the annotation that remembers revisions, in octets.
constexpr std::size_t history_text_max = 2000;

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t out = 0;
  const auto* end = text.data() + text.size();
  const auto [at, code] = std::from_chars(text.data(), end, out);
  if (code != std::errc{} || at != end)
    return std::nullopt;
  return out;
}

/// Annotations that belong to one object and are not copied.
bool is_its_own(std::string_view name) {
  return name == annotation::revision || name == annotation::revision_history
         || name == annotation::desired_replicas
         || name == annotation::max_replicas
         || name == "kubectl.kubernetes.io/last-applied-configuration"
         || name == "deprecated.deployment.rollback.to";
}

void remember(std::string& history, std::string_view revision) {
  while (!history.empty()
         && history.size() + revision.size() + 1 > history_text_max) {
    const auto comma = history.find(',');
    history.erase(0, comma == std::string::npos ? comma : comma + 1);
  }
  history.append(history.empty() ? "" : ",").append(revision);
}

control::owner_reference reference_to(const target& wanted) {
  return {"apps/v1", "Deployment", wanted.name, wanted.uid, true, true};
}

replica_set read_set(object_key key,
                     std::shared_ptr<const codec::document> object) {
  const view::apps_v1::replica_set read{*object};
  replica_set out{std::move(key), object, read};
  out.name = read.metadata().name();
  out.uid = read.metadata().uid();
  out.created = read.metadata().creation_timestamp();
  out.deleting = read.metadata().has_deletion_timestamp();
  out.replicas = read.spec().replicas();
  out.min_ready_seconds = read.spec().min_ready_seconds();
  for (auto [name, value] : read.metadata().annotations())
    out.annotations.emplace(name, value);
  return out;
}

/// Whether the Deployment is still there, and not being deleted, is asked of a
/// fresh view: a ReplicaSet must not be taken by who is gone.
action adopt(const target& wanted, const object_key& key,
             const codec::document& object) {
  auto changed = object.clone();
  control::add_owner(changed, reference_to(wanted));
  auto out =
      control::update_of(key, std::move(changed),
                         wanted.name + " selects it and nobody controls it");
  out.confirm = true;
  return out;
}

action release(const target& wanted, const object_key& key,
               const codec::document& object) {
  auto changed = object.clone();
  control::erase_owners(changed, {wanted.uid});
  return control::update_of(key, std::move(changed),
                            wanted.name + " does not select it any more");
}

/// Calls `f(key, version, object)` for the ReplicaSets of a namespace that
/// nobody controls.
template <class F>
void each_orphan(const control::snapshot& view, std::string_view ns,
                 const meta::label_selector& selector, F f) {
  const auto prefix = control::make_key("apps", "replicasets", ns, "");
  for (const auto& key : view.select(prefix, selector)) {
    const auto object = view.get(key);
    if (object != nullptr && !control::controller_of(*object)
        && !control::deleting(*object))
      f(key, object);
  }
}

void write_annotations(codec::document& doc, const replica_set& set) {
  auto& metadata = doc.object_at(doc.root(), codec::metadata_id);
  auto& annotations = doc.map_at(metadata, meta_id::annotations);
  for (const auto& [name, value] : set.annotations)
    doc.set(annotations, name, doc.make_string(value));
}

/// "Scaled up replica set web-5d4f from 0 to 3".
control::action_event scaled(const target& wanted, std::string_view name,
                             std::int64_t from, std::int64_t to) {
  control::event_note note;
  note.reason = "ScalingReplicaSet";
  note.message = std::string{from < to ? "Scaled up" : "Scaled down"}
                 + " replica set " + std::string{name} + " from "
                 + std::to_string(from) + " to " + std::to_string(to);
  return {control::subject_of(wanted.key, *wanted.object), std::move(note)};
}

void set_label(codec::document& doc, codec::node& labels,
               std::string_view hash) {
  doc.set(labels, hash_label, doc.make_string(hash));
}

} // namespace

std::int64_t replica_set::number(std::string_view name,
                                 std::int64_t otherwise) const {
  const auto at = annotations.find(name);
  return at == annotations.end() ? otherwise
                                 : parse_number(at->second).value_or(otherwise);
}

bool is_older(const replica_set& a, const replica_set& b) {
  return std::tie(a.created, a.name) < std::tie(b.created, b.name);
}

claim claim_replica_sets(const control::snapshot& view, const target& wanted) {
  claim out;
  for (const auto& key : view.owners().dependents(wanted.uid)) {
    const auto* resource = control::resource_of(key);
    if (resource == nullptr || resource->kind.kind != "ReplicaSet")
      continue;
    const auto object = view.get(key);
    const auto controller =
        object == nullptr ? std::nullopt : control::controller_of(*object);
    if (!controller || controller->uid != wanted.uid)
      continue;
    if (wanted.selector.matches(view.find(key)->columns->labels))
      out.sets.push_back(read_set(key, object));
    else if (!wanted.deleting)
      out.actions.push_back(release(wanted, key, *object));
  }
  if (!wanted.deleting)
    each_orphan(view, wanted.ns, wanted.selector,
                [&](const object_key& key, const auto& object) {
                  out.actions.push_back(adopt(wanted, key, *object));
                });
  std::sort(out.sets.begin(), out.sets.end(), is_older);
  return out;
}

std::vector<action> adopt_orphans(const control::snapshot& view,
                                  std::string_view ns) {
  std::vector<action> out;
  std::set<object_key> taken;
  view.each(control::make_key("apps", "deployments", ns, ""),
            [&](const object_key& key, const auto&) {
              const auto wanted = read_target(view, key);
              if (wanted && !wanted->deleting)
                each_orphan(view, ns, wanted->selector,
                            [&](const object_key& set, const auto& object) {
                              if (taken.insert(set).second)
                                out.push_back(adopt(*wanted, set, *object));
                            });
              return true;
            });
  return out;
}

std::optional<action> change_of(const replica_set& set, const target& wanted) {
  namespace spec_id = ids::replica_set_spec;
  const auto stored = read_set(set.key, set.object);
  if (set.replicas == stored.replicas
      && set.min_ready_seconds == stored.min_ready_seconds
      && set.annotations == stored.annotations)
    return std::nullopt;
  auto changed = set.object->clone();
  write_annotations(changed, set);
  auto& spec = changed.object_at(changed.root(), ids::replica_set::spec);
  changed.set(spec, spec_id::replicas, changed.make_integer(set.replicas));
  if (set.min_ready_seconds == 0)
    changed.erase(spec, spec_id::min_ready_seconds);
  else
    changed.set(spec, spec_id::min_ready_seconds,
                changed.make_integer(set.min_ready_seconds));
  const bool sized = set.replicas != stored.replicas;
  auto out = control::update_of(
      set.key, std::move(changed),
      sized ? "it has " + std::to_string(stored.replicas) + " replicas of "
                  + std::to_string(set.replicas)
            : "it says something else than its deployment");
  if (sized)
    out.event = scaled(wanted, set.name, stored.replicas, set.replicas);
  return out;
}

void copy_annotations(replica_set& set, const target& wanted,
                      std::int64_t revision) {
  for (auto [name, value] : wanted.read.metadata().annotations())
    if (!is_its_own(name))
      set.annotations[std::string{name}] = value;
  const auto had = set.annotations.find(annotation::revision);
  if (had == set.annotations.end()) {
    set.annotations.emplace(annotation::revision, std::to_string(revision));
    return;
  }
  const auto number = parse_number(had->second);
  if (!number || *number >= revision)
    return;
  remember(set.annotations[std::string{annotation::revision_history}],
           had->second);
  had->second = std::to_string(revision);
}

void resize(replica_set& set, std::int64_t replicas, const target& wanted) {
  set.replicas = replicas;
  set.annotations[std::string{annotation::desired_replicas}] =
      std::to_string(wanted.replicas);
  set.annotations[std::string{annotation::max_replicas}] =
      std::to_string(wanted.pods_max());
}

new_replica_set make_replica_set(const target& wanted, std::int64_t replicas,
                                 std::int64_t revision) {
  namespace spec_id = ids::replica_set_spec;
  namespace template_id = ids::pod_template_spec;
  const auto spec = wanted.read.spec();
  const auto hash = template_hash(*spec.template_().raw(),
                                  wanted.read.status().collision_count());
  const auto name =
      wanted.name.substr(0, name_max - hash.size() - 1) + "-" + hash;
  codec::document doc{schema::find_type("io.k8s.api.apps.v1.ReplicaSet")};
  auto& to = doc.object_at(doc.root(), ids::replica_set::spec);
  doc.set(to, spec_id::replicas, doc.make_integer(replicas));
  doc.set(to, spec_id::selector, doc.clone(*spec.selector().raw()));
  doc.set(to, spec_id::template_, doc.clone(*spec.template_().raw()));
  if (wanted.min_ready_seconds != 0)
    doc.set(to, spec_id::min_ready_seconds,
            doc.make_integer(wanted.min_ready_seconds));
  auto& pods = doc.object_at(to, spec_id::template_);
  auto& labels =
      doc.map_at(doc.object_at(pods, template_id::metadata), meta_id::labels);
  set_label(doc, labels, hash);
  set_label(doc,
            doc.map_at(doc.object_at(to, spec_id::selector),
                       ids::label_selector::match_labels),
            hash);
  auto& metadata = doc.object_at(doc.root(), codec::metadata_id);
  doc.set(metadata, meta_id::name, doc.make_string(name));
  doc.set(metadata, meta_id::space, doc.make_string(wanted.ns));
  doc.set(metadata, meta_id::labels, doc.clone(labels));
  control::add_owner(doc, reference_to(wanted));

  const auto key = control::make_key("apps", "replicasets", wanted.ns, name);
  auto object = std::make_shared<const codec::document>(std::move(doc));
  auto set = read_set(key, object);
  copy_annotations(set, wanted, revision);
  resize(set, replicas, wanted);
  auto noted = object->clone();
  write_annotations(noted, set);
  new_replica_set out{key, {}};
  out.create.kind = control::action_kind::create;
  out.create.target = key;
  out.create.body = std::make_shared<const codec::document>(std::move(noted));
  out.create.reason = "no replica set has the template of " + wanted.name;
  out.create.event =
      control::action_event{control::subject_of(wanted.key, *wanted.object)};
  if (replicas > 0)
    out.create.event = scaled(wanted, name, 0, replicas);
  out.create.event->refused = control::event_note{
      true, "ReplicaSetCreateError",
      "Failed to create new replica set \"" + name + "\": "};
  return out;
}

} // namespace troupe::controllers::deployments
