#include "messages/codec/openapi/json_writer.hpp"
#include "messages/codec/openapi/render.hpp"

namespace troupe::codec::openapi {

namespace {

class v2_json {
public:
  explicit v2_json(std::string& out) : json_{out} {}

  void write(const api_model& api, std::string_view version) {
    json_.begin_object();
    json_.member("swagger", "2.0");
    json_.key("info");
    json_.begin_object();
    json_.member("title", "Kubernetes");
    json_.member("version", version);
    json_.end_object();
    json_.key("paths");
    json_.begin_object();
    for (auto& path : api.paths)
      write(path);
    json_.end_object();
    json_.key("definitions");
    json_.begin_object();
    for (auto& [name, schema] : api.definitions) {
      json_.key(name);
      write(schema);
    }
    json_.end_object();
    json_.end_object();
  }

private:
  void write_reference(std::string_view name) {
    json_.begin_object();
    json_.member("$ref", "#/definitions/" + std::string{name});
    json_.end_object();
  }

  void write_answer(std::string_view name) {
    if (name.empty())
      json_.raw(R"({"type":"string"})");
    else
      write_reference(name);
  }

  void write(const schema_model& schema) {
    json_.begin_object();
    if (!schema.ref.empty())
      json_.member("$ref", "#/definitions/" + std::string{schema.ref});
    json_.optional_member("description", schema.description);
    json_.optional_member("type", schema.type);
    json_.optional_member("format", schema.format);
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
    write_properties(schema);
    for (auto& [name, value] : schema.extensions)
      json_.raw_member(name, value);
    json_.end_object();
  }

  void write_properties(const schema_model& schema) {
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
    json_.member("type", parameter.type);
    json_.raw_member("uniqueItems", "true");
    json_.end_object();
  }

  void write(const path_model& path) {
    json_.key(path.path);
    json_.begin_object();
    for (auto& operation : path.operations)
      write(operation);
    if (!path.common.empty()) {
      json_.key("parameters");
      json_.begin_array();
      for (auto* parameter : path.common)
        write(*parameter);
      json_.end_array();
    }
    json_.end_object();
  }

  void write(const operation_model& operation) {
    json_.key(to_string(operation.method));
    json_.begin_object();
    json_.member("description", operation.description);
    json_.strings("consumes", operation.consumes);
    json_.strings("produces", operation.produces);
    json_.key("schemes");
    json_.raw(R"(["https"])");
    json_.key("tags");
    json_.begin_array();
    json_.string(operation.tag);
    json_.end_array();
    json_.member("operationId", operation.id);
    write_parameters(operation);
    write_responses(operation);
    json_.optional_member("x-kubernetes-action", operation.action);
    if (operation.kind)
      json_.raw_member("x-kubernetes-group-version-kind",
                       to_json(*operation.kind));
    json_.end_object();
  }

  void write_parameters(const operation_model& operation) {
    if (operation.parameters.empty() && operation.body.empty())
      return;
    json_.key("parameters");
    json_.begin_array();
    if (!operation.body.empty()) {
      json_.begin_object();
      json_.member("name", "body");
      json_.member("in", "body");
      if (operation.body_required)
        json_.raw_member("required", "true");
      json_.key("schema");
      write_reference(operation.body);
      json_.end_object();
    }
    for (auto* parameter : operation.parameters)
      write(*parameter);
    json_.end_array();
  }

  void write_responses(const operation_model& operation) {
    json_.key("responses");
    json_.begin_object();
    for (auto status : operation.statuses) {
      json_.key(std::to_string(status));
      json_.begin_object();
      json_.member("description", reason_phrase(status));
      json_.key("schema");
      write_answer(operation.response);
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

std::string to_v2_json(const api_model& api, std::string_view version) {
  std::string result;
  v2_json{result}.write(api, version);
  return result;
}

} // namespace troupe::codec::openapi
