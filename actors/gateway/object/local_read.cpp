#include "actors/gateway/object/local_read.hpp"

#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/refusal.hpp"
#include "actors/gateway/object/scale.hpp"
#include "actors/gateway/object/storage.hpp"

namespace troupe::gateway {

using codec::document;

namespace {

namespace list_meta = schema::ids::list_meta;

void each_key(const object_call& call, const store::store_snapshot& state,
              const store::store_snapshot::visitor& visit) {
  const auto prefix = list_prefix(*call.resource, call.ns);
  state.range(prefix, store::prefix_end(prefix), state.applied(), visit);
}

} // namespace

object_answer read_one(const object_call& call,
                       const store::store_snapshot& state) {
  auto found = read_object(
      state, object_key(*call.resource, call.ns, call.name), *call.resource);
  if (!found)
    return refuse(unreadable(found.error()));
  if (!*found)
    return refuse(is_scale(call)
                      ? no_scale(*call.resource, call.name)
                      : api::not_found(call.group_resource(), call.name));
  if (is_scale(call))
    (*found)->object = scale_of((*found)->object, *call.resource);
  auto object = std::make_shared<document>(std::move((*found)->object));
  erase_meta(*object, object_meta::resource_version);
  return accept(200, std::move(object), (*found)->at());
}

object_answer read_list(const object_call& call,
                        const store::store_snapshot& state) {
  const auto* items_field = call.resource->list_type->find("items");
  TROUPE_CHECK(items_field != nullptr, "every list type has items");
  auto list = std::make_shared<document>(call.resource->list_type);
  auto* items = list->make_list();
  std::optional<api::status> failure;
  each_key(call, state, [&](const store::key& key, const auto&) {
    auto found = read_object(state, key, *call.resource);
    if (!found) {
      failure = unreadable(found.error());
      return false;
    }
    list->push_back(*items, list->clone((*found)->object.root()));
    return true;
  });
  if (failure)
    return refuse(std::move(*failure));
  list->set(list->object_at(list->root(), metadata_id),
            list_meta::resource_version,
            list->make_string(std::to_string(state.applied().value())));
  list->set(list->root(), items_field->id, items);
  return accept(200, std::move(list), state.applied());
}

std::vector<std::string> read_names(const object_call& call,
                                    const store::store_snapshot& state) {
  std::vector<std::string> out;
  each_key(call, state, [&](const store::key& key, const auto&) {
    out.push_back(key.substr(key.rfind('/') + 1));
    return true;
  });
  return out;
}

} // namespace troupe::gateway
