#include "messages/schema/registry.hpp"
#include "tests/unit/messages/schema/tsv.hpp"

#include <catch2/catch.hpp>

using namespace troupe::schema;
using namespace troupe::schema::test;

// tests/data/api/upstream_protobuf.tsv holds the rows of Kubernetes 1.35's
// protobuf definitions for the types served here: message, field, number,
// label, type. Each of our fields is rendered as such a row.

namespace {

/// "k8s.io.api.core.v1.ConfigMap" of "io.k8s.api.core.v1.ConfigMap".
std::string message_name(std::string_view openapi_name) {
  return "k8s.io" + std::string{openapi_name.substr(6)};
}

std::string package_of(const std::string& message) {
  return message.substr(0, message.rfind('.') + 1);
}

std::string scalar_text(value_type type) {
  switch (type) {
    case value_type::boolean:
      return "bool";
    case value_type::int32:
      return "int32";
    case value_type::int64:
      return "int64";
    case value_type::real:
      return "double";
    case value_type::bytes:
      return "bytes";
    default:
      return "string";
  }
}

/// Upstream leaves out the package of a message of the same package.
std::string element_text(const std::string& owner, const field_desc& field) {
  auto type = field.object != nullptr ? field.object : field.named;
  if (type == nullptr)
    return scalar_text(field.type);
  auto name = message_name(type->name);
  auto package = package_of(owner);
  return package_of(name) == package ? name.substr(package.size()) : name;
}

std::string row(const std::string& message, std::string_view name,
                const field_desc& field) {
  auto element = element_text(message, field);
  auto result = message + '\t' + std::string{name} + '\t'
                + std::to_string(field_number(field.id)) + '\t';
  switch (field.many) {
    case cardinality::list:
      return result + "repeated\t" + element;
    case cardinality::map:
      return result + "\tmap<string, " + element + '>';
    default:
      return result + "optional\t" + element;
  }
}

/// The row that upstream has for an embedded message. JSON has no name for it.
std::string wrapper_row(const std::vector<std::string>& upstream,
                        const std::string& message, std::uint32_t number) {
  for (auto& line : upstream) {
    auto cells = tsv_cells(line);
    if (cells[0] == message && cells[2] == std::to_string(number))
      return line;
  }
  return message + "\t?\t" + std::to_string(number) + "\toptional\t?";
}

/// The message that such a row is of.
std::string wrapper_of(const std::string& message, const std::string& row) {
  auto type = tsv_cells(row)[4];
  return type.find('.') == std::string::npos ? package_of(message) + type
                                             : type;
}

/// JSON shows the message Verbs as the list it holds, its field `items`.
std::string_view name_in_wrapper(const std::string& wrapper,
                                 const field_desc& field) {
  return wrapper.ends_with(".Verbs") ? "items" : field.name;
}

/// Names follow JSON's, but for one.
std::string_view name_in_message(const std::string& message,
                                 const field_desc& field) {
  return message.ends_with(".BoundObjectReference") && field.name == "uid"
             ? "uID"
             : field.name;
}

std::vector<std::string> rows(const std::vector<std::string>& upstream,
                              const type_desc& type) {
  std::vector<std::string> result;
  auto message = message_name(type.name);
  for (auto& field : type.fields) {
    auto number = wrapper_number(field.id);
    if (number == 0) {
      result.push_back(row(message, name_in_message(message, field), field));
      continue;
    }
    result.push_back(wrapper_row(upstream, message, number));
    auto wrapper = wrapper_of(message, result.back());
    result.push_back(row(wrapper, name_in_wrapper(wrapper, field), field));
  }
  return result;
}

/// Of a version that upstream serves no more: its types are partly those of the
/// version that took its place.
bool is_given_up(std::string_view name) {
  return name.find(".apps.v1beta") != name.npos
         || name.find(".extensions.") != name.npos;
}

} // namespace

TEST_CASE("field ids are upstream's protobuf numbers") {
  auto want = tsv_lines("upstream_protobuf.tsv");
  REQUIRE(want.size() > 100);
  std::vector<std::string> have;
  for (auto version : group_versions())
    for (auto type : version->types)
      if (!is_given_up(type->name))
        for (auto& line : rows(want, *type))
          have.push_back(line);
  CHECK(difference(want, have) == "");
}
