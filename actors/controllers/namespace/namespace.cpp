#include "actors/controllers/namespace/namespace.hpp"

#include "actors/controllers/namespace/conditions.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/schema/registry.hpp"
#include "runtime/control/object_meta.hpp"

#include <set>

namespace troupe::controllers::namespaces {

namespace {

using control::plan;
using control::snapshot;

constexpr codec::field_id spec_id = 2;
constexpr codec::field_id finalizers_id = 1; // of the spec
constexpr std::string_view own_finalizer = "kubernetes";

/// Each namespaced resource once, in the order of discovery.
std::vector<const schema::resource_desc*> namespaced_resources() {
  std::vector<const schema::resource_desc*> out;
  std::set<std::string> seen;
  for (const auto* version : schema::group_versions())
    for (const auto* resource : version->resources)
      if (resource->namespaced && resource->stored == nullptr
          && seen.insert(control::key_prefix(*resource)).second)
        out.push_back(resource);
  return out;
}

bool awaits_us(const codec::document& object) {
  for (const auto* item :
       codec::items_of(object.root().find(spec_id), finalizers_id))
    if (item->string_or("") == own_finalizer)
      return true;
  return false;
}

/// Whether the object is expected to take time to go: it has finalizers, or a
/// grace period that its node sees to.
bool may_linger(const codec::document& object) {
  const auto* grace = codec::find(
      object.root(),
      {codec::metadata_id, codec::object_meta::deletion_grace_period_seconds});
  return !control::finalizers(object).empty()
         || (grace != nullptr && grace->integer_or(0) > 0);
}

/// What upstream says of objects that should have gone at once.
std::string unexpected(std::string_view ns,
                       const schema::resource_desc& resource) {
  std::string out{"unexpected items still remain in namespace: "};
  out.append(ns).append(" for gvr: ").append(resource.kind.group);
  out.append("/").append(resource.kind.version).append(", Resource=");
  return out.append(resource.plural);
}

/// Asks the objects of one resource to go, and counts those that linger.
void empty_resource(const snapshot& view, std::string_view ns,
                    const schema::resource_desc& resource, plan& out,
                    remainder& left) {
  const auto name =
      std::string{resource.plural} + "." + std::string{resource.kind.group};
  bool stuck = false;
  const auto visit = [&](const object_key& key, const store::version_ptr& at) {
    if (!at->columns->deleting)
      out.actions.push_back(control::removal_of(
          key, *at, "Background", "its namespace is being deleted"));
    const auto object = view.get(key);
    const bool lingers = object != nullptr && may_linger(*object);
    if (!at->columns->deleting && !lingers)
      return true;
    ++left.resources[name];
    stuck = stuck || !lingers;
    if (object != nullptr)
      for (const auto finalizer : control::finalizers(*object))
        ++left.finalizers[std::string{finalizer}];
    return true;
  };
  view.each(control::key_prefix(resource, ns), visit);
  if (stuck)
    left.failures.push_back(unexpected(ns, resource));
}

control::action let_go(const object_key& key, const codec::document& object) {
  auto changed = object.clone();
  auto& spec = changed.object_at(changed.root(), spec_id);
  auto& list = changed.list_at(spec, finalizers_id);
  for (std::size_t i = list.size(); i-- > 0;)
    if (list.items()[i]->string_or("") == own_finalizer)
      changed.erase_item(list, i);
  auto out = control::update_of(key, std::move(changed), "it is empty");
  out.subresource = "finalize";
  return out;
}

} // namespace

plan reconcile(const snapshot& view, const object_key& key) {
  const auto found = view.find(key);
  if (found == nullptr || !found->columns->deleting)
    return {};
  const auto object = view.get(key);
  if (object == nullptr || !awaits_us(*object))
    return {};
  const auto parts = control::parse_key(key);
  TROUPE_CHECK(parts.has_value(), "a namespace has a key");
  plan out;
  remainder left;
  for (const auto* resource : namespaced_resources())
    empty_resource(view, parts->name, *resource, out, left);
  for (const auto& [target, message] : view.refusals())
    if (target != key)
      left.failures.push_back(message);
  auto told = object->clone();
  if (set_conditions(told, left, view.now())) {
    auto action = control::update_of(key, std::move(told),
                                     "its conditions say what remains");
    action.subresource = "status";
    out.actions.insert(out.actions.begin(), std::move(action));
  }
  if (out.empty() && left.resources.empty())
    out.actions.push_back(let_go(key, *object));
  return out;
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  const auto parts = control::parse_key(change.key);
  if (!parts)
    return;
  if (!parts->ns.empty())
    enqueue(control::make_key("", "namespaces", {}, parts->ns));
  else if (parts->group.empty() && parts->plural == "namespaces")
    enqueue(change.key);
}

} // namespace troupe::controllers::namespaces
