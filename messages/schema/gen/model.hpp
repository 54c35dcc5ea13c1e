#pragma once

#include "messages/schema/descriptor.hpp"
#include "messages/schema/gen/diagnostic.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What the schema files say. The parser fills the members that stand in the
/// text; `link` fills those marked "linked" and flattens embedded messages.
namespace troupe::schema::gen {

struct type;
struct group_version;
struct resource;

/// A type by its name in the text: `ObjectMeta` or `meta_v1.ObjectMeta`.
struct type_ref {
  std::string name;
  position at;
  const type* target = nullptr; ///< linked
};

/// A resource by its name in the text: `core_v1.events`.
struct resource_ref {
  std::string name;
  position at;
  const group_version* owner = nullptr; ///< linked
  const resource* target = nullptr;     ///< linked
};

struct field {
  position at;
  std::string name;
  std::string doc;
  field_id id = 0;
  type_ref of;                           ///< empty name: a built-in type
  value_type value = value_type::object; ///< linked for named types
  cardinality many = cardinality::one;
  bool required = false;
  bool pointer = false;
  bool always = false;
  bool embedded = false; ///< JSON inlines the fields of this message
  patch_strategy patch = patch_strategy::replace;
  std::string merge_key;
  schema::list_type list = schema::list_type::unset;
  std::vector<std::string> list_map_keys;
  map_type map = map_type::unset;
  std::string default_json;
  std::optional<std::int64_t> minimum;
  std::optional<std::int64_t> maximum;
  std::vector<std::string> one_of;
  std::string format;
  bool immutable = false;
  std::string stored; ///< its name in the stored version, or empty
};

struct kind_name {
  std::string group;
  std::string version;
};

struct type {
  position at;
  const group_version* owner = nullptr;
  std::string name;
  std::string full_name; ///< of OpenAPI
  std::string doc;
  std::vector<kind_name> kinds;
  bool bare = false; ///< a kind without apiVersion and kind in its JSON
  map_type map = map_type::unset;
  value_type value = value_type::object;
  std::vector<field> fields; ///< linked: flat, ascending by id
};

struct column {
  position at;
  std::string name;
  std::string type;
  std::string format;
  std::string cell;
  std::string doc;
  std::int32_t priority = 0;
};

struct selectable {
  position at;
  std::string label;
  std::string path;
  std::string otherwise; ///< or empty
  std::string stored;    ///< label in the stored version, or empty
};

struct subresource {
  position at;
  std::string name;
  type_ref body;
  type_ref query; ///< nameless if it takes no parameters of its own
  std::vector<std::string> verbs;
};

struct resource {
  position at;
  std::string plural;
  std::string singular;
  type_ref kind;
  type_ref list;
  std::vector<std::string> short_names;
  std::vector<std::string> categories;
  std::vector<std::string> verbs;
  bool namespaced = true;
  bool generation = false;
  bool returns_deleted = false;
  std::vector<subresource> subresources;
  std::vector<column> columns;
  std::vector<selectable> selectable_fields;
  resource_ref stored; ///< nameless if this version is the stored one
};

struct use {
  position at;
  std::string id;
};

struct group_version {
  std::string id; ///< "core_v1", "rbac_v1": names files and namespaces
  std::string group;
  std::string version;
  std::string package;   ///< prefix of OpenAPI names
  std::vector<use> uses; ///< group versions whose types need no prefix
  std::vector<std::unique_ptr<type>> types;
  std::vector<resource> resources;
};

/// Group versions in the order in which their first file was parsed.
struct model {
  std::vector<std::unique_ptr<group_version>> versions;

  group_version* find(std::string_view id) const {
    for (auto& version : versions)
      if (version->id == id)
        return version.get();
    return nullptr;
  }
};

} // namespace troupe::schema::gen
