#include "messages/codec/openapi/documents.hpp"
#include "messages/schema/registry.hpp"
#include "tests/unit/messages/codec/openapi/golden.hpp"
#include "tests/unit/messages/codec/openapi/sample_schema.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using nlohmann::json;

// Reads gnostic's openapi.v2.Document back into Swagger's JSON, by the field
// numbers of its OpenAPIv2.proto. A number that is not listed fails the test.

namespace {

struct field {
  std::uint64_t number = 0;
  std::uint64_t varint = 0; ///< wire type 0
  std::string_view octets;  ///< wire type 2
};

std::uint64_t take_varint(std::string_view& from) {
  std::uint64_t result = 0;
  for (unsigned shift = 0;; shift += 7) {
    REQUIRE_FALSE(from.empty());
    REQUIRE(shift < 64);
    auto octet = static_cast<unsigned char>(from[0]);
    from.remove_prefix(1);
    result |= static_cast<std::uint64_t>(octet & 0x7f) << shift;
    if (octet < 0x80)
      return result;
  }
}

std::vector<field> fields_of(std::string_view message) {
  std::vector<field> result;
  while (!message.empty()) {
    auto tag = take_varint(message);
    field one{tag >> 3, 0, {}};
    REQUIRE(((tag & 7) == 0 || (tag & 7) == 2));
    auto value = take_varint(message);
    if ((tag & 7) == 0) {
      one.varint = value;
    } else {
      REQUIRE(value <= message.size());
      one.octets = message.substr(0, value);
      message.remove_prefix(value);
    }
    result.push_back(one);
  }
  return result;
}

/// The only field of a message, which must have this number.
std::string_view only(std::string_view message, std::uint64_t number) {
  auto fields = fields_of(message);
  REQUIRE(fields.size() == 1);
  REQUIRE(fields[0].number == number);
  return fields[0].octets;
}

/// A map entry `{name=1, value=2}`.
std::pair<std::string, std::string_view> named(std::string_view message) {
  auto fields = fields_of(message);
  REQUIRE(fields.size() == 2);
  REQUIRE(fields[0].number == 1);
  REQUIRE(fields[1].number == 2);
  return {std::string{fields[0].octets}, fields[1].octets};
}

void add_extension(json& to, std::string_view message) {
  auto [name, value] = named(message);
  to[name] = json::parse(only(value, 2));
}

json schema_of(std::string_view message) {
  auto result = json::object();
  for (auto& [number, varint, octets] : fields_of(message)) {
    INFO("Schema " << number);
    switch (number) {
      case 1:
        result["$ref"] = octets;
        break;
      case 2:
        result["format"] = octets;
        break;
      case 4:
        result["description"] = octets;
        break;
      case 19:
        result["required"].push_back(octets);
        break;
      case 21:
        result["additionalProperties"] = schema_of(only(octets, 1));
        break;
      case 22:
        result["type"] = only(octets, 1);
        break;
      case 23:
        result["items"] = schema_of(only(octets, 1));
        break;
      case 25:
        for (auto& property : fields_of(octets)) {
          REQUIRE(property.number == 1);
          auto [name, value] = named(property.octets);
          result["properties"][name] = schema_of(value);
        }
        break;
      case 31:
        add_extension(result, octets);
        break;
      default:
        FAIL("unknown field");
    }
  }
  return result;
}

json body_of(std::string_view message) {
  json result;
  for (auto& [number, varint, octets] : fields_of(message)) {
    INFO("BodyParameter " << number);
    switch (number) {
      case 2:
        result["name"] = octets;
        break;
      case 3:
        result["in"] = octets;
        break;
      case 4:
        result["required"] = varint == 1;
        break;
      case 5:
        result["schema"] = schema_of(octets);
        break;
      default:
        FAIL("unknown field");
    }
  }
  return result;
}

json parameter_of(std::string_view item) {
  auto parameter = fields_of(only(item, 1));
  REQUIRE(parameter.size() == 1);
  if (parameter[0].number == 1)
    return body_of(parameter[0].octets);
  REQUIRE(parameter[0].number == 2);
  auto non_body = fields_of(parameter[0].octets);
  REQUIRE(non_body.size() == 1);
  auto in_path = non_body[0].number == 4;
  REQUIRE((in_path || non_body[0].number == 3));
  json result;
  for (auto& [number, varint, octets] : fields_of(non_body[0].octets)) {
    INFO("sub schema " << number);
    if (number == 1)
      result["required"] = varint == 1;
    else if (number == 2)
      result["in"] = octets;
    else if (number == 3)
      result["description"] = octets;
    else if (number == 4)
      result["name"] = octets;
    else if (number == (in_path ? 5 : 6))
      result["type"] = octets;
    else if (number == (in_path ? 19 : 20))
      result["uniqueItems"] = varint == 1;
    else
      FAIL("unknown field");
  }
  return result;
}

json responses_of(std::string_view message) {
  json result;
  for (auto& entry : fields_of(message)) {
    REQUIRE(entry.number == 1);
    auto [status, value] = named(entry.octets);
    for (auto& [number, varint, octets] : fields_of(only(value, 1))) {
      INFO("Response " << number);
      if (number == 1)
        result[status]["description"] = octets;
      else if (number == 2)
        result[status]["schema"] = schema_of(only(octets, 1));
      else
        FAIL("unknown field");
    }
  }
  return result;
}

json operation_of(std::string_view message) {
  json result;
  for (auto& [number, varint, octets] : fields_of(message)) {
    INFO("Operation " << number);
    switch (number) {
      case 1:
        result["tags"].push_back(octets);
        break;
      case 3:
        result["description"] = octets;
        break;
      case 5:
        result["operationId"] = octets;
        break;
      case 6:
        result["produces"].push_back(octets);
        break;
      case 7:
        result["consumes"].push_back(octets);
        break;
      case 8:
        result["parameters"].push_back(parameter_of(octets));
        break;
      case 9:
        result["responses"] = responses_of(octets);
        break;
      case 10:
        result["schemes"].push_back(octets);
        break;
      case 13:
        add_extension(result, octets);
        break;
      default:
        FAIL("unknown field");
    }
  }
  return result;
}

json path_of(std::string_view message) {
  const std::map<std::uint64_t, std::string> methods{
      {2, "get"}, {3, "put"}, {4, "post"}, {5, "delete"}, {8, "patch"}};
  json result;
  for (auto& [number, varint, octets] : fields_of(message)) {
    INFO("PathItem " << number);
    if (number == 9) {
      result["parameters"].push_back(parameter_of(octets));
      continue;
    }
    REQUIRE(methods.contains(number));
    result[methods.at(number)] = operation_of(octets);
  }
  return result;
}

json document_of(std::string_view message) {
  json result;
  for (auto& [number, varint, octets] : fields_of(message)) {
    INFO("Document " << number);
    if (number == 1) {
      result["swagger"] = octets;
    } else if (number == 2) {
      auto [title, version] = named(octets);
      result["info"] = {{"title", title}, {"version", version}};
    } else if (number == 8) {
      for (auto& path : fields_of(octets)) {
        REQUIRE(path.number == 2);
        auto [name, value] = named(path.octets);
        result["paths"][name] = path_of(value);
      }
    } else {
      REQUIRE(number == 9);
      for (auto& definition : fields_of(octets)) {
        REQUIRE(definition.number == 1);
        auto [name, value] = named(definition.octets);
        result["definitions"][name] = schema_of(value);
      }
    }
  }
  return result;
}

void check_equal(const codec::openapi_documents& documents) {
  auto from_json = json::parse(*documents.v2_json.body);
  auto from_protobuf = document_of(*documents.v2_protobuf.body);
  CHECK(from_protobuf["definitions"].size() > 10);
  CHECK(from_protobuf["paths"].size() > 4);
  CHECK(json::diff(from_json, from_protobuf) == json::array());
}

} // namespace

TEST_CASE("the protobuf form of v2 says what the JSON form says") {
  check_equal(
      codec::make_openapi_documents(schema::group_versions(), {"v1.35.0", {}}));
  check_equal(
      codec::make_openapi_documents(test::sample_versions(), {"v1.35.0", {}}));
}
