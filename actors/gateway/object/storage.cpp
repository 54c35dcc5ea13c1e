#include "actors/gateway/object/storage.hpp"

#include "actors/gateway/object/metadata.hpp"
#include "messages/codec/msgpack.hpp"
#include "messages/codec/validate/defaults.hpp"

#include <algorithm>

namespace troupe::gateway {

using codec::document;
using codec::node;

namespace {

/// A selectable value as selectors spell it.
std::string field_text(const node& value) {
  switch (value.kind()) {
    case codec::node_kind::string:
      return std::string{value.string()};
    case codec::node_kind::boolean:
      return value.boolean() ? "true" : "false";
    case codec::node_kind::integer:
      return std::to_string(value.integer());
    default:
      return {};
  }
}

std::string field_text(const document& object, std::string_view path) {
  const auto* value = codec::find_path(object.root(), object.type(), path);
  return value == nullptr ? std::string{} : field_text(*value);
}

std::vector<store::column> label_columns(const document& object) {
  std::vector<store::column> out;
  const auto* labels =
      codec::find(object.root(), {metadata_id, object_meta::labels});
  if (labels == nullptr || !labels->is(codec::node_kind::map))
    return out;
  for (const auto& [key, value] : labels->entries())
    out.push_back({std::string{key}, std::string{value->string_or("")}});
  return out;
}

/// Whether the path ends at a field that is true or false, of which absence is
/// the latter.
bool is_boolean(const schema::type_desc* type, std::string_view path) {
  const schema::field_desc* field = nullptr;
  while (type != nullptr && !path.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    field = type->find(path.substr(0, dot));
    type = field == nullptr ? nullptr : field->object;
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return field != nullptr && field->type == schema::value_type::boolean;
}

std::vector<store::column>
field_columns(const document& object, const schema::resource_desc& resource) {
  std::vector<store::column> out;
  for (const auto& field : resource.selectable) {
    auto text = field_text(object, field.path);
    if (text.empty() && !field.otherwise.empty())
      text = field_text(object, field.otherwise);
    if (text.empty() && is_boolean(resource.type, field.path))
      text = "false";
    if (!text.empty())
      out.push_back({std::string{field.label}, std::move(text)});
  }
  std::ranges::sort(out, {}, &store::column::name);
  return out;
}

std::vector<std::string> owner_uids(const document& object) {
  std::vector<std::string> out;
  const auto* owners =
      codec::find(object.root(), {metadata_id, object_meta::owner_references});
  if (owners == nullptr || !owners->is(codec::node_kind::list))
    return out;
  for (const auto* owner : owners->items())
    if (const auto* uid = owner->find(schema::ids::owner_reference::uid))
      out.emplace_back(uid->string_or(""));
  std::ranges::sort(out);
  const auto repeats = std::ranges::unique(out);
  out.erase(repeats.begin(), repeats.end());
  return out;
}

} // namespace

std::string resource_prefix(const schema::resource_desc& resource) {
  TROUPE_CHECK(resource.stored == nullptr, "keys are of the stored version");
  std::string out{resource.kind.group.empty() ? "core" : resource.kind.group};
  return out.append("/").append(resource.plural).append("/");
}

std::string list_prefix(const schema::resource_desc& resource,
                        std::string_view ns) {
  auto out = resource_prefix(resource);
  if (!ns.empty())
    out.append(ns).append("/");
  return out;
}

store::key object_key(const schema::resource_desc& resource,
                      std::string_view ns, std::string_view name) {
  TROUPE_CHECK(resource.namespaced == !ns.empty(),
               "keys of namespaced kinds, and only those, name a namespace");
  TROUPE_CHECK(!name.empty(), "a key names an object");
  return list_prefix(resource, ns).append(name);
}

bytes encode_value(const document& object) {
  if (!has_meta(object, object_meta::resource_version))
    return codec::encode_msgpack(object.root(), object.type());
  auto bare = object.clone();
  erase_meta(bare, object_meta::resource_version);
  return codec::encode_msgpack(bare.root(), bare.type());
}

store::columns columns_of(const document& object,
                          const schema::resource_desc& resource) {
  return {std::string{uid_of(object)}, label_columns(object),
          field_columns(object, resource), owner_uids(object),
          is_deleting(object)};
}

store::put make_put(const document& object,
                    const schema::resource_desc& resource) {
  return {object_key(resource, meta_text(object, object_meta::namespace_),
                     name_of(object)),
          make_shared_bytes(encode_value(object)),
          columns_of(object, resource)};
}

result<document> decode_version(const store::version& version,
                                const schema::resource_desc& resource) {
  TROUPE_CHECK(!version.tombstone(), "only live versions hold an object");
  auto object = codec::decode_msgpack(*version.value, resource.type);
  if (object)
    codec::apply_defaults(*object, resource);
  return object;
}

result<std::optional<stored_object>>
read_object(const store::store_snapshot& state, std::string_view key,
            const schema::resource_desc& resource) {
  auto version = state.get(key);
  if (version == nullptr)
    return std::optional<stored_object>{};
  auto object = decode_version(*version, resource);
  if (!object)
    return error{errc::corrupt,
                 std::string{key} + ": " + object.error().message};
  set_meta_text(*object, object_meta::resource_version,
                std::to_string(version->modified.value()));
  return std::optional<stored_object>{
      stored_object{std::move(*object), std::move(version)}};
}

} // namespace troupe::gateway
