#include "messages/codec/openapi/builtin_definitions.hpp"

#include <algorithm>

namespace troupe::codec::openapi {

namespace {

using schema::cardinality;
using schema::field_desc;
using schema::list_type;
using schema::type_desc;
using schema::value_type;

constexpr field_desc text(std::string_view name, std::string_view doc,
                          bool required) {
  return {.name = name, .doc = doc, .required = required};
}

constexpr field_desc texts(std::string_view name, std::string_view doc,
                           bool required, list_type list) {
  return {.name = name,
          .doc = doc,
          .many = cardinality::list,
          .required = required,
          .list = list};
}

constexpr field_desc flag(std::string_view name, std::string_view doc) {
  return {.name = name,
          .doc = doc,
          .type = value_type::boolean,
          .required = true};
}

constexpr field_desc single(std::string_view name, std::string_view doc,
                            const type_desc& type) {
  return {
    .name = name, .doc = doc, .type = value_type::object, .object = &type};
}

constexpr field_desc objects(std::string_view name, std::string_view doc,
                             bool required, const type_desc& type) {
  return {.name = name,
          .doc = doc,
          .type = value_type::object,
          .many = cardinality::list,
          .required = required,
          .list = list_type::atomic,
          .object = &type};
}

constexpr field_desc version_fields[] = {
  text("groupVersion", "Group and version: \"apps/v1\".", true),
  text("version", "Version alone: \"v1\".", true),
};
constexpr type_desc group_version_type{
  .name = "io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionForDiscovery",
  .doc = "One version of an API group.",
  .fields = version_fields};

constexpr field_desc address_fields[] = {
  text("clientCIDR", "Addresses of the clients that should use it.", true),
  text("serverAddress", "Host, or host and port, of the server.", true),
};
constexpr type_desc server_address_type{
  .name = "io.k8s.apimachinery.pkg.apis.meta.v1.ServerAddressByClientCIDR",
  .doc = "The address at which some clients reach the server.",
  .fields = address_fields};

constexpr field_desc api_versions_fields[] = {
  objects("serverAddressByClientCIDRs", "Where clients reach the server.",
          true, server_address_type),
  texts("versions", "Versions of the core group.", true, list_type::atomic),
};
constexpr type_desc api_versions_type{
  .name = definition::api_versions,
  .doc = "The versions of the core group, as /api answers.",
  .fields = api_versions_fields};

constexpr field_desc api_group_fields[] = {
  text("name", "Name of the group.", true),
  single("preferredVersion", "The version clients should use.",
         group_version_type),
  objects("serverAddressByClientCIDRs", "Where clients reach the server.",
          false, server_address_type),
  objects("versions", "Versions of the group.", true, group_version_type),
};
constexpr type_desc api_group_type{.name = definition::api_group,
                                   .doc = "Name and versions of a group.",
                                   .fields = api_group_fields};

constexpr field_desc api_group_list_fields[] = {
  objects("groups", "The groups, by priority.", true, api_group_type),
};
constexpr type_desc api_group_list_type{
  .name = definition::api_group_list,
  .doc = "The API groups, as /apis answers.",
  .fields = api_group_list_fields};

constexpr field_desc api_resource_fields[] = {
  texts("categories", "Groups of resources it belongs to, such as \"all\".",
        false, list_type::atomic),
  text("group", "Group of the kind when it is not that of the list.", false),
  text("kind", "Kind of the resource's objects.", true),
  text("name", "Plural name, with a subresource after a slash.", true),
  flag("namespaced", "Whether its objects live in namespaces."),
  texts("shortNames", "Short names for command lines.", false,
        list_type::atomic),
  text("singularName", "Singular name.", true),
  text("storageVersionHash", "Changes when the stored version changes.",
       false),
  texts("verbs", "What can be done with it.", true, list_type::unset),
  text("version", "Version of the kind when it is not that of the list.",
       false),
};
constexpr type_desc api_resource_type{
  .name = "io.k8s.apimachinery.pkg.apis.meta.v1.APIResource",
  .doc = "Name, scope and verbs of one resource.",
  .fields = api_resource_fields};

constexpr field_desc api_resource_list_fields[] = {
  text("groupVersion", "Group and version of the resources.", true),
  objects("resources", "The resources and subresources.", true,
          api_resource_type),
};
constexpr type_desc api_resource_list_type{
  .name = definition::api_resource_list,
  .doc = "The resources of one group version.",
  .fields = api_resource_list_fields};

constexpr field_desc version_info_fields[] = {
  text("buildDate", "When the server was built.", true),
  text("compiler", "What compiled it.", true),
  text("emulationMajor", "Major number of the version it behaves as.", false),
  text("emulationMinor", "Minor number of the version it behaves as.", false),
  text("gitCommit", "Commit it was built from.", true),
  text("gitTreeState", "Whether that tree was clean.", true),
  text("gitVersion", "Version of the API it serves.", true),
  text("goVersion", "Version of the Go toolchain, if any.", true),
  text("major", "Major number of the version.", true),
  text("minCompatibilityMajor", "Major number it stays compatible with.",
       false),
  text("minCompatibilityMinor", "Minor number it stays compatible with.",
       false),
  text("minor", "Minor number of the version.", true),
  text("platform", "Operating system and architecture.", true),
};
constexpr type_desc version_info_type{.name = definition::version_info,
                                      .doc = "Version of the server.",
                                      .fields = version_info_fields};

constexpr const type_desc* discovery_types[] = {
  &group_version_type, &server_address_type,    &api_versions_type,
  &api_group_type,     &api_group_list_type,    &api_resource_type,
  &version_info_type,  &api_resource_list_type,
};

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
  {definition::fields_v1, "object", "",
   "A set of fields as a trie: keys f:<name>, k:<keys>, v:<value>, i:<index>.",
   {}},
  {definition::patch, "object", "",
   "A patch in the notation its content type names.", {}},
  {definition::time, "string", "date-time",
   "A time in RFC 3339 notation, in whole seconds.", {}},
  {definition::micro_time, "string", "date-time",
   "A time in RFC 3339 notation, in microseconds.", {}},
  {definition::duration, "string", "",
   "A span of time in Go's notation, such as 1h30m.", {}},
};

} // namespace

std::optional<schema_model> find_scalar_definition(std::string_view name) {
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

const type_desc* find_discovery_type(std::string_view name) {
  auto found = std::ranges::find(discovery_types, name,
                                 [](auto* type) { return type->name; });
  return found == std::end(discovery_types) ? nullptr : *found;
}

} // namespace troupe::codec::openapi
