#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

/// The schema as flat constant tables. The generator writes them from the text
/// files of this folder; a CustomResourceDefinition builds the same structs at
/// run time. Algorithms over them (codecs, defaulting, validation, patches,
/// OpenAPI, printing) are written once, in messages/codec.
namespace troupe::schema {

/// Permanent id of a field inside its type: upstream's protobuf number, or
/// 10,000 and up for fields of our own. Where JSON inlines the fields of an
/// embedded message, `(number of the message << 16) | number of the field`.
/// 0 is no field.
using field_id = std::uint32_t;

/// Number of the embedded message that JSON inlines, or 0.
constexpr std::uint32_t wrapper_number(field_id id) {
  return id >> 16;
}

/// Number of the field in its (possibly embedded) message.
constexpr std::uint32_t field_number(field_id id) {
  return id & 0xffff;
}

/// Type of one value, or of each element of a list or map.
enum class value_type : std::uint8_t {
  boolean,
  int32,
  int64,
  real,          ///< IEEE double
  string,        ///< UTF-8
  bytes,         ///< base64 in JSON
  quantity,      ///< resource.Quantity: a string in canonical form
  int_or_string, ///< an int32 or a string
  time,          ///< metav1.Time: RFC 3339, whole seconds, UTC
  micro_time,    ///< metav1.MicroTime: RFC 3339 with six decimals
  duration,      ///< metav1.Duration: Go's notation
  object,        ///< a message described by `field_desc::object`
  json,          ///< any JSON: RawExtension, FieldsV1, JSON
};

enum class cardinality : std::uint8_t { one, list, map };

/// `x-kubernetes-patch-strategy`, for strategic merge patches.
enum class patch_strategy : std::uint8_t {
  replace,
  merge,
  retain_keys,
  merge_retain_keys,
};

/// `x-kubernetes-list-type`, for server-side apply.
enum class list_type : std::uint8_t { unset, atomic, set, map };

/// `x-kubernetes-map-type`.
enum class map_type : std::uint8_t { unset, atomic, granular };

struct type_desc;

/// Bounds and formats checked on every write. Absent members allow anything.
struct constraint_desc {
  std::optional<std::int64_t> minimum;
  std::optional<std::int64_t> maximum;
  std::span<const std::string_view> one_of; ///< allowed strings
  std::string_view format; ///< a name from codec/formats: "dns1123_label", ...
  bool immutable = false;  ///< an update may not change it
};

struct field_desc {
  std::string_view name; ///< as JSON spells it
  std::string_view doc;  ///< one line
  field_id id = 0;
  value_type type = value_type::string;
  cardinality many = cardinality::one;
  /// Listed under `required` in OpenAPI and refused when absent.
  bool required = false;
  /// Go holds it by pointer, or tells an empty list from none: an explicit
  /// zero value is kept (never of a map). Otherwise a zero
  /// value (false, 0, "", empty list or map) equals absence and is dropped.
  bool pointer = false;
  /// Written in JSON even when absent: `{}`, `""`, `0`, `false`, `null` for a
  /// time or a list (Go fields without omitempty, struct values included).
  bool always = false;
  patch_strategy patch = patch_strategy::replace;
  std::string_view merge_key; ///< for patch_strategy::merge of objects
  list_type list = list_type::unset;
  std::span<const std::string_view> list_map_keys;
  map_type map = map_type::unset;
  std::string_view default_json; ///< JSON text, empty if none
  constraint_desc constraint;
  const type_desc* object = nullptr; ///< set when `type == object`
  /// Definition of a scalar or json value that OpenAPI knows by name (Time,
  /// FieldsV1, Quantity), or null. Never set together with `object`.
  const type_desc* named = nullptr;
  /// Its name in the stored version; empty: the same (`resource_desc::stored`).
  std::string_view stored = {};
};

struct group_version_kind {
  std::string_view group;
  std::string_view version;
  std::string_view kind;

  friend bool operator==(const group_version_kind&,
                         const group_version_kind&) = default;
};

/// One message type, or one value type with a name of its own.
struct type_desc {
  std::string_view name; ///< OpenAPI's name: "io.k8s.api.core.v1.ConfigMap"
  std::string_view doc;
  std::span<const field_desc> fields;     ///< ascending by id
  std::span<const std::uint16_t> by_name; ///< indices into fields, by name
  map_type map = map_type::unset;         ///< atomic structs
  /// Kinds this type is registered as. Group and version "*" stand for every
  /// served group version.
  std::span<const group_version_kind> kinds;
  /// At the root, JSON carries apiVersion and kind, which are no fields. True
  /// of every kind but WatchEvent.
  bool type_meta = false;
  /// `object` for a message; otherwise a value type without fields, and this
  /// is how JSON writes it (Time: `time`, FieldsV1: `json`).
  value_type value = value_type::object;

  /// The field with this id, or null.
  const field_desc* find(field_id id) const;
  /// The field JSON calls `name`, or null.
  const field_desc* find(std::string_view name) const;
};

/// One column of `kubectl get`.
struct column_desc {
  std::string_view name;   ///< "Name", "Data", "Age"
  std::string_view type;   ///< OpenAPI type: "string", "integer"
  std::string_view format; ///< "name" on the first column, else often empty
  std::string_view doc;
  std::int32_t priority = 0; ///< above 0: only with -o wide
  /// How to fill the cell: a dotted path ("status.phase"), `len(a)+len(b)`,
  /// `age(metadata.creationTimestamp)`, `labels(spec.selector)`, or
  /// `fn:<name>` for a function registered with the printer.
  std::string_view cell;
};

struct subresource_desc {
  std::string_view name;           ///< "status", "finalize"
  group_version_kind kind;         ///< of its body
  const type_desc* type = nullptr; ///< of its body
  std::span<const std::string_view> verbs;
  /// The fields of this type are query parameters, or null. Such a subresource
  /// takes no object and answers with text or a stream, not with an object.
  const type_desc* query = nullptr;
};

/// A label of `fieldSelector` and where its value lives.
struct selectable_field {
  std::string_view label;          ///< "metadata.name", "status.phase"
  std::string_view path;           ///< dotted JSON names
  std::string_view otherwise = {}; ///< path to read when the first says nothing
  /// The label of the stored version for the same; empty: this one.
  std::string_view stored = {};
};

/// One resource of one API version: a row of discovery.
struct resource_desc {
  group_version_kind kind;
  std::string_view plural;
  std::string_view singular;
  std::string_view list_kind;
  std::span<const std::string_view> short_names;
  std::span<const std::string_view> categories;
  std::span<const std::string_view> verbs;
  bool namespaced = true;
  bool has_status = false; ///< main-resource writes keep the stored status
  /// Objects count spec changes in metadata.generation.
  bool has_generation = false;
  /// A deletion answers with the object, even when it is gone at once.
  bool returns_deleted = false;
  const type_desc* type = nullptr;
  const type_desc* list_type = nullptr; ///< null without the verb list
  std::span<const subresource_desc> subresources;
  std::span<const column_desc> columns;
  std::span<const selectable_field> selectable;
  /// The resource whose version of the kind is stored, if it is not this one:
  /// then this is another view of the same objects, by conversion.
  const resource_desc* stored = nullptr;

  /// The resource as it is stored: keys, values and columns are of this one.
  const resource_desc& storage() const {
    return stored == nullptr ? *this : *stored;
  }
};

/// Everything the schema text files of one group and version declare. Types
/// that all groups share have a group version of their own (meta.k8s.io/v1),
/// which serves no resources and is no row of discovery.
struct group_version_desc {
  std::string_view group;
  std::string_view version;
  std::span<const type_desc* const> types;
  std::span<const resource_desc* const> resources;
};

} // namespace troupe::schema
