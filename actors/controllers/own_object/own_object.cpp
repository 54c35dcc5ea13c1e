#include "actors/controllers/own_object/own_object.hpp"

#include "actors/controllers/service_pods/object_builder.hpp"
#include "messages/base/check.hpp"
#include "messages/codec/validate/defaults.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "runtime/control/object_codec.hpp"

#include <memory>

namespace troupe::controllers::own_object {

namespace {

namespace ids = schema::ids;
using service_pods::object_builder;

/// Every kind has its metadata at the same place.
constexpr auto metadata_id = ids::service::metadata;
constexpr auto labels_id = ids::object_meta::labels;

const codec::node* labels_of(const codec::document& object) {
  return codec::find(object.root(), {metadata_id, labels_id});
}

bool stands(const codec::document& there, const codec::document& wanted) {
  const auto same = [](const codec::node* a, const codec::node* b) {
    return a != nullptr && b != nullptr && codec::equal(*a, *b);
  };
  for (const auto& [id, value] : wanted.root().members())
    if (id != metadata_id && !same(there.root().find(id), value))
      return false;
  return same(labels_of(there), labels_of(wanted));
}

/// `there` with the content of `wanted`.
codec::document replaced(const codec::document& there,
                         const codec::document& wanted) {
  auto out = there.clone();
  for (const auto& [id, value] : wanted.root().members())
    if (id != metadata_id)
      out.set(out.root(), id, out.clone(*value));
  out.set(out.object_at(out.root(), metadata_id), labels_id,
          out.clone(*labels_of(wanted)));
  return out;
}

} // namespace

object_key key_of(const place& at) {
  return control::make_key(at.group, at.resource, at.ns, at.name);
}

codec::document new_object(
    const place& at,
    const std::vector<std::pair<std::string_view, std::string_view>>& labels) {
  const auto* resource = control::resource_of(key_of(at));
  TROUPE_CHECK(resource != nullptr, "it is always served");
  codec::document out{resource->type};
  object_builder metadata{out, out.object_at(out.root(), metadata_id)};
  metadata.text(ids::object_meta::name, at.name);
  metadata.text(ids::object_meta::namespace_, at.ns);
  auto& map = out.map_at(metadata.object(), labels_id);
  for (const auto& [label, value] : labels)
    out.set(map, label, out.make_string(value));
  return out;
}

control::action creation_of(const object_key& key, codec::document object,
                            const char* why) {
  control::action out;
  out.kind = control::action_kind::create;
  out.target = key;
  out.body = std::make_shared<const codec::document>(std::move(object));
  out.reason = why;
  return out;
}

void keep(const control::snapshot& view, const object_key& key,
          codec::document wanted, const char* why, control::plan& out) {
  codec::apply_defaults(wanted, *control::resource_of(key));
  if (view.find(key) == nullptr) {
    out.actions.push_back(creation_of(key, std::move(wanted), why));
    return;
  }
  const auto there = view.get(key);
  if (there != nullptr && !stands(*there, wanted))
    out.actions.push_back(
        control::update_of(key, replaced(*there, wanted), why));
}

} // namespace troupe::controllers::own_object
