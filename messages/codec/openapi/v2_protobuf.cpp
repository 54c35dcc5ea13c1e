#include "messages/codec/openapi/json_writer.hpp"
#include "messages/codec/openapi/protobuf_writer.hpp"
#include "messages/codec/openapi/render.hpp"

namespace troupe::codec::openapi {

// The field numbers are those of gnostic's openapiv2/OpenAPIv2.proto; each
// function makes one of its messages and names it.

namespace {

/// `{name=1, value=2}`: how gnostic writes every map.
std::string named(std::string_view name, std::string_view value) {
  std::string result;
  protobuf_writer out{result};
  out.string(1, name);
  out.bytes(2, value);
  return result;
}

/// A message with one field: oneofs, lists of maps, and the like.
std::string wrapped(std::uint32_t field, std::string_view value) {
  std::string result;
  protobuf_writer{result}.bytes(field, value);
  return result;
}

/// NamedAny, its value as JSON text, which is YAML too.
std::string extension_of(std::string_view name, std::string_view json) {
  return named(name, wrapped(2, json));
}

std::string reference(std::string_view name) {
  return wrapped(1, "#/definitions/" + std::string{name});
}

/// Schema
std::string schema_of(const schema_model& schema) {
  std::string result;
  protobuf_writer out{result};
  if (!schema.ref.empty())
    out.bytes(1, "#/definitions/" + std::string{schema.ref});
  out.string(2, schema.format);
  out.string(4, schema.description);
  for (auto name : schema.required)
    out.bytes(19, name);
  for (auto& value : schema.additional)
    out.bytes(21, wrapped(1, schema_of(value)));
  if (!schema.type.empty())
    out.bytes(22, wrapped(1, schema.type));
  for (auto& item : schema.items)
    out.bytes(23, wrapped(1, schema_of(item)));
  if (!schema.properties.empty()) {
    std::string properties;
    for (auto& [name, property] : schema.properties)
      protobuf_writer{properties}.bytes(1, named(name, schema_of(property)));
    out.bytes(25, properties);
  }
  for (auto& [name, json] : schema.extensions)
    out.bytes(31, extension_of(name, json));
  return result;
}

/// PathParameterSubSchema and QueryParameterSubSchema, which number their
/// fields alike up to `name`.
std::string sub_schema(const parameter_desc& parameter) {
  std::string result;
  protobuf_writer out{result};
  out.boolean(1, parameter.in_path);
  out.string(2, parameter.in_path ? "path" : "query");
  out.string(3, parameter.description);
  out.string(4, parameter.name);
  out.string(parameter.in_path ? 5 : 6, parameter.type);
  out.boolean(parameter.in_path ? 19 : 20, true);
  return result;
}

/// ParametersItem{parameter{non_body_parameter}}
std::string parameter_of(const parameter_desc& parameter) {
  auto non_body = wrapped(parameter.in_path ? 4 : 3, sub_schema(parameter));
  return wrapped(1, wrapped(2, non_body));
}

/// ParametersItem{parameter{body_parameter}}
std::string body_of(const operation_model& operation) {
  std::string body;
  protobuf_writer out{body};
  out.string(2, "body");
  out.string(3, "body");
  out.boolean(4, operation.body_required);
  out.bytes(5, reference(operation.body));
  return wrapped(1, wrapped(1, body));
}

/// NamedResponseValue{value{response}}; `schema` may be empty.
std::string response_of(int status, const std::string& schema) {
  std::string response;
  protobuf_writer out{response};
  out.string(1, reason_phrase(status));
  if (!schema.empty())
    out.bytes(2, wrapped(1, schema));
  return named(std::to_string(status), wrapped(1, response));
}

/// Responses
std::string responses_of(const operation_model& operation) {
  std::string result;
  protobuf_writer out{result};
  const auto schema = operation.response.empty()
                          ? schema_of({.type = "string"})
                          : reference(operation.response);
  for (auto status : operation.statuses)
    out.bytes(1, response_of(status, schema));
  out.bytes(1, response_of(401, ""));
  return result;
}

/// Operation
std::string operation_of(const operation_model& operation) {
  std::string result;
  protobuf_writer out{result};
  out.string(1, operation.tag);
  out.string(3, operation.description);
  out.string(5, operation.id);
  for (auto type : operation.produces)
    out.string(6, type);
  for (auto type : operation.consumes)
    out.string(7, type);
  if (!operation.body.empty())
    out.bytes(8, body_of(operation));
  for (auto* parameter : operation.parameters)
    out.bytes(8, parameter_of(*parameter));
  out.bytes(9, responses_of(operation));
  out.string(10, "https");
  if (!operation.action.empty()) {
    std::string json;
    json_writer{json}.string(operation.action);
    out.bytes(13, extension_of("x-kubernetes-action", json));
  }
  if (operation.kind)
    out.bytes(13, extension_of("x-kubernetes-group-version-kind",
                               to_json(*operation.kind)));
  return result;
}

/// Number of the operation in PathItem.
std::uint32_t field_of(http_method method) {
  switch (method) {
    case http_method::get:
      return 2;
    case http_method::put:
      return 3;
    case http_method::post:
      return 4;
    case http_method::del:
      return 5;
    case http_method::patch:
      break;
  }
  return 8;
}

/// NamedPathItem
std::string path_of(const path_model& path) {
  std::string item;
  protobuf_writer out{item};
  for (auto& operation : path.operations)
    out.bytes(field_of(operation.method), operation_of(operation));
  for (auto* parameter : path.common)
    out.bytes(9, parameter_of(*parameter));
  return named(path.path, item);
}

} // namespace

std::string to_v2_protobuf(const api_model& api, std::string_view version) {
  std::string paths;
  for (auto& path : api.paths)
    protobuf_writer{paths}.bytes(2, path_of(path));
  std::string definitions;
  for (auto& [name, schema] : api.definitions)
    protobuf_writer{definitions}.bytes(1, named(name, schema_of(schema)));
  std::string info;
  protobuf_writer info_out{info};
  info_out.string(1, "Kubernetes");
  info_out.string(2, version);
  std::string result;
  protobuf_writer out{result};
  out.string(1, "2.0");
  out.bytes(2, info);
  out.bytes(8, paths);
  out.bytes(9, definitions);
  return result;
}

} // namespace troupe::codec::openapi
