#include "messages/codec/openapi/builtin_definitions.hpp"

#include <algorithm>

namespace troupe::codec::openapi {

namespace {

struct version_field {
  std::string_view name;
  std::string_view doc;
  bool required = true;
};

/// Ascending by name.
constexpr version_field version_fields[] = {
    {"buildDate", "When the server was built."},
    {"compiler", "What compiled it."},
    {"emulationMajor", "Major number of the version it behaves as.", false},
    {"emulationMinor", "Minor number of the version it behaves as.", false},
    {"gitCommit", "Commit it was built from."},
    {"gitTreeState", "Whether that tree was clean."},
    {"gitVersion", "Version of the API it serves."},
    {"goVersion", "Version of the Go toolchain, if any."},
    {"major", "Major number of the version."},
    {"minCompatibilityMajor", "Major number it stays compatible with.", false},
    {"minCompatibilityMinor", "Minor number it stays compatible with.", false},
    {"minor", "Minor number of the version."},
    {"platform", "Operating system and architecture."},
};

schema_model make_version_info() {
  schema_model result;
  result.description = "Version of the server.";
  result.type = "object";
  for (auto& [name, doc, required] : version_fields) {
    schema_model field;
    field.description = doc;
    field.type = "string";
    if (required) {
      field.default_json = "\"\"";
      result.required.push_back(name);
    }
    result.properties.push_back({name, std::move(field)});
  }
  return result;
}

constexpr std::string_view string_or_number[] = {"string", "number"};
constexpr std::string_view integer_or_string[] = {"integer", "string"};

struct scalar {
  std::string_view name;
  std::string_view type;
  std::string_view format;
  std::string_view doc;
  std::span<const std::string_view> one_of;
};

constexpr scalar scalars[] = {
    {definition::quantity, "string", "",
     "A number with a decimal or binary suffix, such as 100m or 2Gi.",
     string_or_number},
    {definition::int_or_string, "string", "int-or-string",
     "An integer or a string, such as a port number or a port name.",
     integer_or_string},
    {definition::raw_extension, "object", "", "Any object.", {}},
    {definition::fields_v1,
     "object",
     "",
     "A set of fields as a trie: keys f:<name>, k:<keys>, v:<value>, "
     "i:<index>.",
     {}},
    {definition::time,
     "string",
     "date-time",
     "A time in RFC 3339 notation, in whole seconds.",
     {}},
    {definition::micro_time,
     "string",
     "date-time",
     "A time in RFC 3339 notation, in microseconds.",
     {}},
    {definition::duration,
     "string",
     "",
     "A span of time in Go's notation, such as 1h30m.",
     {}},
};

} // namespace

std::optional<schema_model> find_builtin_definition(std::string_view name) {
  if (name == definition::version_info)
    return make_version_info();
  auto found = std::ranges::find(scalars, name, &scalar::name);
  if (found == std::end(scalars))
    return std::nullopt;
  schema_model result;
  result.description = found->doc;
  result.type = found->type;
  result.format = found->format;
  result.one_of = found->one_of;
  return result;
}

} // namespace troupe::codec::openapi
