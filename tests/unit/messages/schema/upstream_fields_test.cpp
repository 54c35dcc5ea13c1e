#include "messages/schema/registry.hpp"
#include "tests/unit/messages/schema/tsv.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace troupe::schema;
using namespace troupe::schema::test;

// tests/data/api/upstream_fields.tsv holds the rows of Kubernetes 1.35's
// published OpenAPI documents for the types served here. Each of our fields is
// rendered as such a row, and the two lists must be the same.

namespace {

std::string scalar_text(value_type type) {
  switch (type) {
    case value_type::boolean:
      return "boolean";
    case value_type::int32:
      return "integer:int32";
    case value_type::int64:
      return "integer:int64";
    case value_type::real:
      return "number:double";
    case value_type::bytes:
      return "string:byte";
    case value_type::time:
    case value_type::micro_time:
      return "string:date-time";
    case value_type::int_or_string:
      return "string:int-or-string";
    case value_type::object:
    case value_type::json:
      return "object";
    default:
      return "string";
  }
}

std::string element_text(const field_desc& field) {
  if (field.object != nullptr)
    return std::string{field.object->name};
  // Published as what it holds.
  if (field.named != nullptr && field.named->name.ends_with(".ExtraValue"))
    return "list<string>";
  if (field.named != nullptr)
    return std::string{field.named->name};
  return scalar_text(field.type);
}

std::string type_text(const field_desc& field) {
  auto element = element_text(field);
  if (field.many == cardinality::list)
    return "list<" + element + '>';
  if (field.many == cardinality::map)
    return "map<" + element + '>';
  return element;
}

std::string patch_text(patch_strategy strategy) {
  constexpr const char* names[] = {"", "merge", "retainKeys",
                                   "merge,retainKeys"};
  return names[static_cast<int>(strategy)];
}

std::string list_text(list_type type) {
  constexpr const char* names[] = {"", "atomic", "set", "map"};
  return names[static_cast<int>(type)];
}

std::string map_text(map_type type) {
  constexpr const char* names[] = {"", "map-type=atomic", "map-type=granular"};
  return names[static_cast<int>(type)];
}

std::string joined(std::span<const std::string_view> values) {
  std::string result;
  for (auto each : values) {
    result += result.empty() ? "" : ",";
    result += each;
  }
  return result;
}

std::string row(const type_desc& type, const field_desc& field) {
  std::string result{type.name};
  for (auto& cell : {std::string{field.name}, type_text(field),
                     std::string{field.required ? "yes" : ""},
                     std::string{field.default_json}, patch_text(field.patch),
                     std::string{field.merge_key}, list_text(field.list),
                     joined(field.list_map_keys), map_text(field.map)})
    result += '\t' + cell;
  return result;
}

std::vector<std::string> rows(const type_desc& type) {
  std::vector<std::string> result;
  for (auto& field : type.fields)
    result.push_back(row(type, field));
  if (type.type_meta)
    for (auto name : {"apiVersion", "kind"})
      result.push_back(row(type, {.name = name}));
  if (type.fields.empty())
    result.push_back(std::string{type.name} + "\t-\t" + scalar_text(type.value)
                     + "\t\t\t\t\t\t\t");
  return result;
}

/// Upstream serves these in no path of its OpenAPI document, or no more.
bool unpublished(std::string_view name) {
  constexpr std::string_view parts[] = {
      ".apps.v1beta1.",       ".apps.v1beta2.",
      ".extensions.v1beta1.", ".EphemeralContainerCommon",
      ".ExtraValue",          ".PartialObjectMetadata",
      ".PodAttachOptions",    ".PodExecOptions",
      ".PodLogOptions",       ".ProbeHandler",
      ".VolumeSource"};
  return std::any_of(std::begin(parts), std::end(parts), [&](auto part) {
    return name.find(part) != std::string_view::npos;
  });
}

} // namespace

TEST_CASE("the tables have the fields that upstream publishes") {
  auto want = tsv_lines("upstream_fields.tsv");
  REQUIRE(want.size() > 100);
  std::vector<std::string> have;
  for (auto version : group_versions())
    for (auto type : version->types)
      if (!unpublished(type->name))
        for (auto& line : rows(*type))
          have.push_back(line);
  CHECK(difference(want, have) == "");
}
