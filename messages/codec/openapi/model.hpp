#pragma once

#include "messages/schema/descriptor.hpp"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What the API offers, as values: the three OpenAPI renderings read this
/// model and nothing else. Text views point into schema tables, which outlive
/// every document.
namespace troupe::codec::openapi {

/// `x-kubernetes-...` with its value as JSON text.
struct extension {
  std::string_view name;
  std::string json;
};

struct property_model;

/// One JSON schema. Either `ref` names a definition, or `type` says what it is.
struct schema_model {
  std::string_view ref; ///< a definition's name, without any prefix
  std::string_view description;
  std::string_view type;
  std::string_view format;
  std::string_view default_json; ///< rendered by v3 only, as upstream does
  /// Rendered by v3 in the place of `type`: the JSON types a value may have.
  std::span<const std::string_view> one_of;
  std::vector<std::string_view> required;
  std::vector<property_model> properties; ///< ascending by name
  std::vector<schema_model> items;        ///< of an array: one element
  std::vector<schema_model> additional;   ///< of a map: one element
  std::vector<extension> extensions;      ///< ascending by name
};

struct property_model {
  std::string_view name;
  schema_model schema;
};

/// One parameter of a path or of a query.
struct parameter_desc {
  std::string_view name;
  std::string_view type; ///< "string", "integer", "boolean"
  std::string_view description;
  bool in_path = false;
};

enum class http_method { get, put, post, del, patch };

struct operation_model {
  http_method method = http_method::get;
  std::string description;
  std::string id;
  std::string tag;
  std::string_view action; ///< x-kubernetes-action, empty if none
  std::optional<schema::group_version_kind> kind;
  std::vector<std::string_view> consumes;
  std::vector<std::string_view> produces;
  std::vector<const parameter_desc*> parameters; ///< ascending by name
  std::string_view body;                         ///< definition, or empty
  bool body_required = false;
  /// Definition of every success answer; empty where it is text or a stream.
  std::string_view response;
  std::vector<int> statuses; ///< success codes, ascending
};

struct path_model {
  std::string path;
  std::string document; ///< the v3 document it belongs to: "api/v1"
  /// Path parameters and what all its operations share; ascending by name.
  std::vector<const parameter_desc*> common;
  /// Parameters that only this path has; the lists point to them.
  std::vector<std::shared_ptr<const parameter_desc>> own;
  std::vector<operation_model> operations; ///< ascending by method name
};

/// Media types the server understands and speaks.
struct media_types {
  /// Of answers. Bodies of requests are listed as `*/*`.
  std::vector<std::string_view> answers = {
      "application/json", "application/yaml",
      "application/vnd.kubernetes.protobuf"};
  /// Of watches, listed beside the answers of a list.
  std::vector<std::string_view> streams = {
      "application/json;stream=watch",
      "application/vnd.kubernetes.protobuf;stream=watch"};
  std::vector<std::string_view> patches = {
      "application/json-patch+json", "application/merge-patch+json",
      "application/strategic-merge-patch+json", "application/apply-patch+yaml"};
};

using definition_map = std::map<std::string_view, schema_model>;

struct api_model {
  std::vector<path_model> paths; ///< ascending by path
  definition_map definitions;
};

/// The name in lower case: "get", "delete".
std::string_view to_string(http_method method);

/// The reason phrase of a status the documents list.
std::string_view reason_phrase(int status);

/// `{"group":...,"kind":...,"version":...}`
std::string to_json(const schema::group_version_kind& kind);

/// Every path the resources of `versions` offer, with the discovery paths.
std::vector<path_model>
make_paths(std::span<const schema::group_version_desc* const> versions,
           const media_types& media);

/// The definitions that `paths` refer to, and all that these refer to in
/// turn. Types are looked up in `versions`, then in the compiled-in schema; a
/// reference to a type that neither describes breaks an invariant.
definition_map
make_definitions(std::span<const schema::group_version_desc* const> versions,
                 std::span<const path_model> paths);

/// The definitions that `paths` reach, by name.
std::vector<std::string_view> reachable(const definition_map& definitions,
                                        std::span<const path_model> paths);

} // namespace troupe::codec::openapi
