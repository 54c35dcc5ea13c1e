#include "messages/codec/openapi/json_writer.hpp"
#include "messages/codec/openapi/render.hpp"

namespace troupe::codec::openapi {

namespace {

class v3_json {
public:
  explicit v3_json(std::string& out) : json_{out} {}

  void write(const definition_map& definitions,
             std::span<const path_model> paths, std::string_view version) {
    json_.begin_object();
    json_.member("openapi", "3.0.0");
    json_.key("info");
    json_.begin_object();
    json_.member("title", "Kubernetes");
    json_.member("version", version);
    json_.end_object();
    json_.key("paths");
    json_.begin_object();
    for (auto& path : paths)
      write(path);
    json_.end_object();
    json_.key("components");
    json_.begin_object();
    json_.key("schemas");
    json_.begin_object();
    for (auto name : reachable(definitions, paths)) {
      json_.key(name);
      write(definitions.find(name)->second);
    }
    json_.end_object();
    json_.end_object();
    json_.end_object();
  }

private:
  void write_reference(std::string_view name) {
    json_.begin_object();
    json_.member("$ref", "#/components/schemas/" + std::string{name});
    json_.end_object();
  }

  /// A `$ref` allows nothing beside it, so that a described reference stands
  /// alone in an `allOf`.
  bool is_plain_reference(const schema_model& schema) {
    return !schema.ref.empty() && schema.description.empty()
           && schema.default_json.empty() && schema.extensions.empty();
  }

  void write_type(const schema_model& schema) {
    if (schema.one_of.empty()) {
      json_.optional_member("type", schema.type);
      return;
    }
    json_.key("oneOf");
    json_.begin_array();
    for (auto type : schema.one_of) {
      json_.begin_object();
      json_.member("type", type);
      json_.end_object();
    }
    json_.end_array();
  }

  void write(const schema_model& schema) {
    if (is_plain_reference(schema)) {
      write_reference(schema.ref);
      return;
    }
    json_.begin_object();
    if (!schema.ref.empty()) {
      json_.key("allOf");
      json_.begin_array();
      write_reference(schema.ref);
      json_.end_array();
    }
    json_.optional_member("description", schema.description);
    write_type(schema);
    json_.optional_member("format", schema.format);
    if (!schema.default_json.empty())
      json_.raw_member("default", schema.default_json);
    write_children(schema);
    for (auto& [name, value] : schema.extensions)
      json_.raw_member(name, value);
    json_.end_object();
  }

  void write_children(const schema_model& schema) {
    if (!schema.required.empty())
      json_.strings("required", schema.required);
    for (auto& item : schema.items) {
      json_.key("items");
      write(item);
    }
    for (auto& value : schema.additional) {
      json_.key("additionalProperties");
      write(value);
    }
    if (schema.properties.empty())
      return;
    json_.key("properties");
    json_.begin_object();
    for (auto& [name, property] : schema.properties) {
      json_.key(name);
      write(property);
    }
    json_.end_object();
  }

  void write(const parameter_desc& parameter) {
    json_.begin_object();
    json_.member("name", parameter.name);
    json_.member("in", parameter.in_path ? "path" : "query");
    json_.member("description", parameter.description);
    if (parameter.in_path)
      json_.raw_member("required", "true");
    json_.key("schema");
    json_.begin_object();
    json_.member("type", parameter.type);
    json_.raw_member("uniqueItems", "true");
    json_.end_object();
    json_.end_object();
  }

  void write(std::span<const parameter_desc* const> parameters) {
    if (parameters.empty())
      return;
    json_.key("parameters");
    json_.begin_array();
    for (auto* parameter : parameters)
      write(*parameter);
    json_.end_array();
  }

  void write(const path_model& path) {
    json_.key(path.path);
    json_.begin_object();
    for (auto& operation : path.operations)
      write(operation);
    write(path.common);
    json_.end_object();
  }

  void write_content(std::span<const std::string_view> media,
                     std::string_view definition) {
    json_.key("content");
    json_.begin_object();
    for (auto type : media) {
      json_.key(type);
      json_.begin_object();
      json_.key("schema");
      if (definition.empty())
        json_.raw(R"({"type":"string"})");
      else
        write_reference(definition);
      json_.end_object();
    }
    json_.end_object();
  }

  void write(const operation_model& operation) {
    json_.key(to_string(operation.method));
    json_.begin_object();
    json_.member("description", operation.description);
    json_.member("operationId", operation.id);
    json_.key("tags");
    json_.begin_array();
    json_.string(operation.tag);
    json_.end_array();
    write(operation.parameters);
    if (!operation.body.empty()) {
      json_.key("requestBody");
      json_.begin_object();
      write_content(operation.consumes, operation.body);
      if (operation.body_required)
        json_.raw_member("required", "true");
      json_.end_object();
    }
    write_responses(operation);
    json_.optional_member("x-kubernetes-action", operation.action);
    if (operation.kind)
      json_.raw_member("x-kubernetes-group-version-kind",
                       to_json(*operation.kind));
    json_.end_object();
  }

  void write_responses(const operation_model& operation) {
    json_.key("responses");
    json_.begin_object();
    for (auto status : operation.statuses) {
      json_.key(std::to_string(status));
      json_.begin_object();
      json_.member("description", reason_phrase(status));
      write_content(operation.produces, operation.response);
      json_.end_object();
    }
    json_.key("401");
    json_.begin_object();
    json_.member("description", reason_phrase(401));
    json_.end_object();
    json_.end_object();
  }

  json_writer json_;
};

} // namespace

std::string to_v3_json(const definition_map& definitions,
                       std::span<const path_model> paths,
                       std::string_view version) {
  std::string result;
  v3_json{result}.write(definitions, paths, version);
  return result;
}

} // namespace troupe::codec::openapi
