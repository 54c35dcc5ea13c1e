#include "actors/gateway/object/metadata.hpp"

namespace troupe::gateway {

using codec::document;
using codec::node;
using schema::field_id;

namespace {

const node* find_meta(const document& object, field_id id) {
  return codec::find(object.root(), {metadata_id, id});
}

void set_meta(document& object, field_id id, node* value) {
  object.set(object.object_at(object.root(), metadata_id), id, value);
}

} // namespace

const node* metadata_of(const document& object) {
  return object.root().find(metadata_id);
}

std::string_view meta_text(const document& object, field_id id) {
  const auto* value = find_meta(object, id);
  return value == nullptr ? std::string_view{} : value->string_or("");
}

bool has_meta(const document& object, field_id id) {
  return find_meta(object, id) != nullptr;
}

void set_meta_text(document& object, field_id id, std::string_view value) {
  if (value.empty())
    return erase_meta(object, id);
  set_meta(object, id, object.make_string(value));
}

void set_meta_integer(document& object, field_id id, std::int64_t value) {
  set_meta(object, id, object.make_integer(value));
}

void erase_meta(document& object, field_id id) {
  if (auto* metadata = object.root().find(metadata_id))
    object.erase(*metadata, id);
}

std::vector<std::string> meta_texts(const document& object, field_id id) {
  std::vector<std::string> out;
  const auto* list = find_meta(object, id);
  if (list == nullptr || !list->is(codec::node_kind::list))
    return out;
  for (const auto* item : list->items())
    out.emplace_back(item->string_or(""));
  return out;
}

void set_meta_texts(document& object, field_id id,
                    const std::vector<std::string>& values) {
  if (values.empty())
    return erase_meta(object, id);
  auto* list = object.make_list();
  for (const auto& value : values)
    object.push_back(*list, object.make_string(value));
  set_meta(object, id, list);
}

} // namespace troupe::gateway
