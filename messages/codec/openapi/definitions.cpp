#include "messages/base/check.hpp"
#include "messages/codec/openapi/builtin_definitions.hpp"
#include "messages/codec/openapi/json_writer.hpp"
#include "messages/schema/registry.hpp"

#include <algorithm>
#include <set>

namespace troupe::codec::openapi {

namespace {

using schema::cardinality;
using schema::field_desc;
using schema::group_version_desc;
using schema::group_version_kind;
using schema::type_desc;
using schema::value_type;

using kinds_by_type =
    std::map<std::string_view, std::vector<group_version_kind>>;

constexpr std::string_view api_version_doc =
    "Group and version of the schema this object follows.";
constexpr std::string_view kind_doc =
    "The kind of object this is, in CamelCase.";

constexpr std::string_view text(schema::patch_strategy strategy) {
  constexpr std::string_view names[] = {"", "merge", "retainKeys",
                                        "merge,retainKeys"};
  return names[static_cast<std::size_t>(strategy)];
}

constexpr std::string_view text(schema::list_type type) {
  constexpr std::string_view names[] = {"", "atomic", "set", "map"};
  return names[static_cast<std::size_t>(type)];
}

constexpr std::string_view text(schema::map_type type) {
  constexpr std::string_view names[] = {"", "atomic", "granular"};
  return names[static_cast<std::size_t>(type)];
}

void add_extension(schema_model& to, std::string_view name,
                   std::string_view value) {
  if (value.empty())
    return;
  std::string json;
  json_writer{json}.string(value);
  to.extensions.push_back({name, std::move(json)});
}

void add_extension(schema_model& to, std::string_view name,
                   std::span<const std::string_view> values) {
  if (values.empty())
    return;
  std::string json;
  json_writer writer{json};
  writer.begin_array();
  for (auto value : values)
    writer.string(value);
  writer.end_array();
  to.extensions.push_back({name, std::move(json)});
}

/// Kinds by the OpenAPI name of their type. DeleteOptions is a kind
/// of every served group version; Status and the bodies of discovery are kinds
/// of the core group.
kinds_by_type
collect_kinds(std::span<const group_version_desc* const> versions) {
  kinds_by_type result;
  auto add = [&](const type_desc* type, const group_version_kind& kind) {
    auto& kinds = result[type->name];
    if (std::ranges::find(kinds, kind) == kinds.end())
      kinds.push_back(kind);
  };
  for (auto* version : versions) {
    if (version->resources.empty())
      continue;
    for (auto* resource : version->resources) {
      auto& kind = resource->kind;
      add(resource->type, kind);
      if (resource->list_type)
        add(resource->list_type,
            {kind.group, kind.version, resource->list_kind});
      for (auto& subresource : resource->subresources)
        if (subresource.type)
          add(subresource.type, subresource.kind);
    }
    result[definition::delete_options].push_back(
        {version->group, version->version, "DeleteOptions"});
  }
  result[definition::status].push_back({"", "v1", "Status"});
  for (auto name : {definition::api_versions, definition::api_group_list,
                    definition::api_group, definition::api_resource_list})
    result[name].push_back({"", "v1", name.substr(meta_prefix.size())});
  return result;
}

std::string to_json(std::span<const group_version_kind> kinds) {
  std::string json;
  json_writer writer{json};
  writer.begin_array();
  for (auto& kind : kinds)
    writer.raw(openapi::to_json(kind));
  writer.end_array();
  return json;
}

std::string_view reference_of(const field_desc& field) {
  if (field.object)
    return field.object->name;
  switch (field.type) {
    case value_type::quantity:
      return definition::quantity;
    case value_type::int_or_string:
      return definition::int_or_string;
    case value_type::time:
      return definition::time;
    case value_type::micro_time:
      return definition::micro_time;
    case value_type::duration:
      return definition::duration;
    case value_type::json:
      // The tables hold both as any JSON; upstream's documents tell apart the
      // field sets of metadata.managedFields.
      return field.name == "fieldsV1" ? definition::fields_v1
                                      : definition::raw_extension;
    default:
      return {};
  }
}

struct primitive {
  std::string_view type;
  std::string_view format;
  std::string_view zero; ///< as JSON
};

primitive primitive_of(value_type type) {
  switch (type) {
    case value_type::boolean:
      return {"boolean", "", "false"};
    case value_type::int32:
      return {"integer", "int32", "0"};
    case value_type::int64:
      return {"integer", "int64", "0"};
    case value_type::real:
      return {"number", "double", "0"};
    case value_type::string:
      return {"string", "", "\"\""};
    case value_type::bytes:
      return {"string", "byte", ""};
    default:
      TROUPE_CHECK(false, "every other value type has a definition");
  }
}

/// One value of the field, without its cardinality. `plain` says that Go holds
/// it by value and always writes it, so that its default is its zero value.
schema_model make_value(const field_desc& field, bool plain) {
  schema_model result;
  result.ref = reference_of(field);
  if (!result.ref.empty()) {
    if (plain && field.type == value_type::object)
      result.default_json = "{}";
    return result;
  }
  auto [type, format, zero] = primitive_of(field.type);
  result.type = type;
  result.format = format;
  if (plain)
    result.default_json = zero;
  return result;
}

schema_model make_shape(const field_desc& field) {
  schema_model result;
  switch (field.many) {
    case cardinality::one: {
      auto by_value = field.type == value_type::object || field.always;
      return make_value(field, by_value && !field.pointer);
    }
    case cardinality::list:
      result.type = "array";
      result.items.push_back(make_value(field, true));
      return result;
    case cardinality::map:
      result.type = "object";
      result.additional.push_back(make_value(field, true));
      return result;
  }
  return result;
}

schema_model make_property(const field_desc& field) {
  auto result = make_shape(field);
  result.description = field.doc;
  if (!field.default_json.empty())
    result.default_json = field.default_json;
  add_extension(result, "x-kubernetes-list-map-keys", field.list_map_keys);
  add_extension(result, "x-kubernetes-list-type", text(field.list));
  add_extension(result, "x-kubernetes-map-type", text(field.map));
  add_extension(result, "x-kubernetes-patch-merge-key", field.merge_key);
  add_extension(result, "x-kubernetes-patch-strategy", text(field.patch));
  return result;
}

/// Kinds name themselves, though the tables of most leave that to the codec.
void add_type_meta(schema_model& to) {
  for (auto [name, doc] : {std::pair{"apiVersion", api_version_doc},
                           std::pair{"kind", kind_doc}}) {
    if (std::ranges::find(to.properties, std::string_view{name},
                          &property_model::name)
        != to.properties.end())
      continue;
    schema_model schema;
    schema.description = doc;
    schema.type = "string";
    to.properties.push_back({name, std::move(schema)});
  }
}

schema_model make_definition(const type_desc& type,
                             const kinds_by_type& kinds) {
  schema_model result;
  result.description = type.doc;
  result.type = "object";
  for (auto& field : type.fields) {
    result.properties.push_back({field.name, make_property(field)});
    if (field.required)
      result.required.push_back(field.name);
  }
  if (auto found = kinds.find(type.name); found != kinds.end()) {
    add_type_meta(result);
    result.extensions.push_back(
        {"x-kubernetes-group-version-kind", to_json(found->second)});
  }
  add_extension(result, "x-kubernetes-map-type", text(type.map));
  std::ranges::sort(result.properties, {}, &property_model::name);
  std::ranges::sort(result.required);
  return result;
}

template <class Visit>
void for_each_reference(const schema_model& schema, const Visit& visit) {
  if (!schema.ref.empty())
    visit(schema.ref);
  for (auto& property : schema.properties)
    for_each_reference(property.schema, visit);
  for (auto& item : schema.items)
    for_each_reference(item, visit);
  for (auto& value : schema.additional)
    for_each_reference(value, visit);
}

template <class Visit>
void for_each_reference(std::span<const path_model> paths, const Visit& visit) {
  for (auto& path : paths)
    for (auto& operation : path.operations)
      for (auto name : {operation.body, operation.response})
        if (!name.empty())
          visit(name);
}

} // namespace

definition_map
make_definitions(std::span<const group_version_desc* const> versions,
                 std::span<const path_model> paths) {
  auto kinds = collect_kinds(versions);
  std::map<std::string_view, const type_desc*> types;
  for (auto* version : versions)
    for (auto* type : version->types)
      types.emplace(type->name, type);
  auto look_up = [&](std::string_view name) {
    if (auto builtin = find_builtin_definition(name))
      return *std::move(builtin);
    auto found = types.find(name);
    auto* type = found == types.end() ? schema::find_type(name) : found->second;
    TROUPE_CHECK(type, "every reference of the API names a described type");
    return make_definition(*type, kinds);
  };
  definition_map result;
  std::vector<std::string_view> open;
  auto note = [&](std::string_view name) { open.push_back(name); };
  for_each_reference(paths, note);
  while (!open.empty()) {
    auto name = open.back();
    open.pop_back();
    if (result.contains(name))
      continue;
    auto at = result.emplace(name, look_up(name)).first;
    for_each_reference(at->second, note);
  }
  return result;
}

std::vector<std::string_view> reachable(const definition_map& definitions,
                                        std::span<const path_model> paths) {
  std::set<std::string_view> seen;
  std::vector<std::string_view> open;
  auto note = [&](std::string_view name) {
    if (seen.insert(name).second)
      open.push_back(name);
  };
  for_each_reference(paths, note);
  while (!open.empty()) {
    auto found = definitions.find(open.back());
    open.pop_back();
    TROUPE_CHECK(found != definitions.end(), "references have definitions");
    for_each_reference(found->second, note);
  }
  return {seen.begin(), seen.end()};
}

std::string to_json(const group_version_kind& kind) {
  std::string json;
  json_writer writer{json};
  writer.begin_object();
  writer.member("group", kind.group);
  writer.member("kind", kind.kind);
  writer.member("version", kind.version);
  writer.end_object();
  return json;
}

} // namespace troupe::codec::openapi
