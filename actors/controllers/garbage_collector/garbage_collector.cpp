#include "actors/controllers/garbage_collector/garbage_collector.hpp"

#include "messages/schema/registry.hpp"
#include "runtime/control/object_meta.hpp"

#include <algorithm>

namespace troupe::controllers::garbage_collector {

namespace {

using control::action;
using control::owner_reference;
using control::plan;
using control::snapshot;

constexpr std::string_view orphan_finalizer = "orphan";
constexpr std::string_view foreground_finalizer = "foregroundDeletion";

/// Whether the object waits, being deleted, until its dependents are gone.
bool waits_for_dependents(const codec::document& object) {
  return control::deleting(object)
         && control::has_finalizer(object, foreground_finalizer);
}

bool waits_for_dependents(const snapshot& view, const object_key& key) {
  const auto object = view.get(key);
  return object != nullptr && waits_for_dependents(*object);
}

action finalizer_removal(const object_key& key, const codec::document& object,
                         std::string_view finalizer, std::string reason) {
  auto changed = object.clone();
  control::erase_finalizer(changed, finalizer);
  auto out = control::update_of(key, std::move(changed), std::move(reason));
  out.confirm = true;
  return out;
}

/// Takes the owner's reference out of its dependents, then lets it go.
plan orphan_dependents(const snapshot& view, const object_key& key,
                       const codec::document& owner) {
  const std::vector<std::string_view> uids{control::uid_of(owner)};
  plan out;
  for (const auto& dependent : view.owners().dependents(uids.front())) {
    const auto object = view.get(dependent);
    if (object == nullptr)
      continue;
    auto changed = object->clone();
    control::erase_owners(changed, uids);
    out.actions.push_back(
        control::update_of(dependent, std::move(changed),
                           "its owner " + key + " is deleted and orphans it"));
  }
  if (out.empty())
    out.actions.push_back(finalizer_removal(key, owner, orphan_finalizer,
                                            "all dependents are orphaned"));
  return out;
}

bool blocks(const snapshot& view, const object_key& dependent,
            std::string_view owner_uid) {
  const auto object = view.get(dependent);
  if (object == nullptr)
    return true;
  const auto references = control::owner_references(*object);
  return std::any_of(references.begin(), references.end(),
                     [&](const owner_reference& one) {
                       return one.uid == owner_uid && one.block_owner_deletion;
                     });
}

/// Lets the owner go when no dependent blocks it. The dependents have keys of
/// their own.
plan wait_for_dependents(const snapshot& view, const object_key& key,
                         const codec::document& owner) {
  const auto uid = control::uid_of(owner);
  const auto dependents = view.owners().dependents(uid);
  if (std::any_of(
          dependents.begin(), dependents.end(),
          [&](const object_key& one) { return blocks(view, one, uid); }))
    return {};
  return {{finalizer_removal(key, owner, foreground_finalizer,
                             "no dependent blocks its deletion")}};
}

/// Where the referenced owner is kept; none when that cannot be told.
std::optional<object_key> key_of_owner(const owner_reference& reference,
                                       std::string_view dependent_ns) {
  const auto slash = reference.api_version.find('/');
  const bool core = slash == std::string_view::npos;
  const auto group =
      core ? std::string_view{} : reference.api_version.substr(0, slash);
  const auto version =
      core ? reference.api_version : reference.api_version.substr(slash + 1);
  const auto* resource = schema::find_kind({group, version, reference.kind});
  if (resource == nullptr || reference.name.empty())
    return std::nullopt;
  const auto& stored = resource->storage();
  if (!stored.namespaced)
    return control::make_key(stored.kind.group, stored.plural, {},
                             reference.name);
  if (dependent_ns.empty())
    return std::nullopt;
  return control::make_key(stored.kind.group, stored.plural, dependent_ns,
                           reference.name);
}

/// How the owners of one object fare, by uid.
struct owners {
  std::vector<std::string_view> staying;
  std::vector<std::string_view> gone;
  std::vector<std::string_view> waiting; ///< for their dependents
};

/// None when some owner cannot be judged.
std::optional<owners> classify(const snapshot& view,
                               std::string_view dependent_ns,
                               const std::vector<owner_reference>& references) {
  owners out;
  for (const auto& reference : references) {
    const auto key = key_of_owner(reference, dependent_ns);
    if (!key)
      return std::nullopt;
    const auto found = view.find(*key);
    if (found == nullptr || found->columns->uid != reference.uid)
      out.gone.push_back(reference.uid);
    else if (found->columns->deleting && waits_for_dependents(view, *key))
      out.waiting.push_back(reference.uid);
    else
      out.staying.push_back(reference.uid);
  }
  return out;
}

/// A finalizer already on the object says what becomes of its dependents.
std::string propagation_of(const codec::document& object) {
  if (control::has_finalizer(object, orphan_finalizer))
    return "Orphan";
  if (control::has_finalizer(object, foreground_finalizer))
    return "Foreground";
  return "Background";
}

action removal(const snapshot& view, const object_key& key,
               std::string propagation, std::string reason) {
  auto out = control::removal_of(key, *view.find(key), std::move(propagation),
                                 std::move(reason));
  out.confirm = true;
  return out;
}

/// Its owners wait for it, and it has dependents of its own. In a circle of
/// owners all would wait for each other for ever, so it first stops blocking.
action foreground_removal(const snapshot& view, const object_key& key,
                          const codec::document& object,
                          const std::vector<object_key>& dependents) {
  if (std::any_of(dependents.begin(), dependents.end(),
                  [&](const object_key& one) {
                    return waits_for_dependents(view, one);
                  })) {
    auto changed = object.clone();
    if (control::unblock_owners(changed))
      return control::update_of(key, std::move(changed),
                                "its owners and dependents form a circle");
  }
  return removal(view, key, "Foreground",
                 "its owners are deleted in the foreground");
}

plan collect(const snapshot& view, const object_key& key,
             const codec::document& object) {
  const auto references = control::owner_references(object);
  const auto parts = control::parse_key(key);
  if (references.empty() || !parts)
    return {};
  auto found = classify(view, parts->ns, references);
  if (!found)
    return {};
  auto& [staying, gone, waiting] = *found;
  if (!staying.empty()) {
    gone.insert(gone.end(), waiting.begin(), waiting.end());
    if (gone.empty())
      return {};
    auto changed = object.clone();
    control::erase_owners(changed, gone);
    auto out = control::update_of(key, std::move(changed),
                                  "it outlives some of its owners");
    out.confirm = true;
    return {{std::move(out)}};
  }
  const auto dependents = view.owners().dependents(control::uid_of(object));
  if (!waiting.empty() && !dependents.empty())
    return {{foreground_removal(view, key, object, dependents)}};
  return {{removal(view, key, propagation_of(object),
                   "none of its owners is left")}};
}

} // namespace

plan reconcile(const snapshot& view, const object_key& key) {
  const auto object = view.get(key);
  if (object == nullptr)
    return {};
  if (!control::deleting(*object))
    return collect(view, key, *object);
  if (control::has_finalizer(*object, orphan_finalizer))
    return orphan_dependents(view, key, *object);
  if (control::has_finalizer(*object, foreground_finalizer))
    return wait_for_dependents(view, key, *object);
  return {};
}

void keys_of(const control::object_change& change,
             const control::owner_index& index,
             const std::function<void(const object_key&)>& enqueue) {
  const auto* before = change.before ? change.before->columns.get() : nullptr;
  const auto* now = change.now ? change.now->columns.get() : nullptr;
  if (now != nullptr && (now->deleting || !now->owner_uids.empty()))
    enqueue(change.key);
  // Its own deletion may free or condemn those that depend on it ...
  const auto* owner = before ? before : now;
  const bool reborn = before && now && before->uid != now->uid;
  if (now == nullptr || now->deleting || reborn)
    for (const auto& dependent : index.dependents(owner->uid))
      enqueue(dependent);
  // ... and owners being deleted wait for its references to go.
  for (const auto* columns : {before, now}) {
    if (columns == nullptr)
      continue;
    for (const auto& uid : columns->owner_uids)
      if (const auto key = index.deleting(uid))
        enqueue(*key);
  }
}

} // namespace troupe::controllers::garbage_collector
