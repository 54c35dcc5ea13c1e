#include "tests/unit/messages/codec/openapi/sample_schema.hpp"

#include "messages/schema/registry.hpp"

namespace troupe::test {

namespace {

using schema::cardinality;
using schema::field_desc;
using schema::type_desc;
using schema::value_type;

constexpr std::string_view port_keys[] = {"number", "protocol"};

constexpr field_desc port_fields[] = {
    {.name = "number",
     .doc = "Number of the port.",
     .id = 1,
     .type = value_type::int32,
     .required = true,
     .always = true},
    {.name = "protocol",
     .doc = "TCP or UDP.",
     .id = 2,
     .default_json = "\"TCP\""},
};
constexpr type_desc port{.name = "example.v1.Port",
                         .doc = "A port.",
                         .fields = port_fields,
                         .map = schema::map_type::atomic};

constexpr field_desc spec_fields[] = {
    {.name = "ports",
     .doc = "The ports.",
     .id = 1,
     .type = value_type::object,
     .many = cardinality::list,
     .patch = schema::patch_strategy::merge,
     .merge_key = "number",
     .list = schema::list_type::map,
     .list_map_keys = port_keys,
     .object = &port},
    {.name = "limits",
     .doc = "Amounts by resource.",
     .id = 2,
     .type = value_type::quantity,
     .many = cardinality::map},
    {.name = "target",
     .doc = "Port by number or name.",
     .id = 3,
     .type = value_type::int_or_string},
    {.name = "ratio",
     .doc = "A fraction.",
     .id = 4,
     .type = value_type::real,
     .pointer = true},
    {.name = "since", .doc = "Start.", .id = 5, .type = value_type::micro_time},
    {.name = "wait", .doc = "Pause.", .id = 6, .type = value_type::duration},
    {.name = "raw", .doc = "Anything.", .id = 7, .type = value_type::json},
    {.name = "seed", .doc = "Octets.", .id = 8, .type = value_type::bytes},
    {.name = "strategy",
     .doc = "One of several.",
     .id = 9,
     .type = value_type::object,
     .pointer = true,
     .patch = schema::patch_strategy::retain_keys,
     .object = &port},
    {.name = "nodeSelector",
     .doc = "Labels of nodes.",
     .id = 10,
     .many = cardinality::map,
     .map = schema::map_type::atomic},
    {.name = "size",
     .doc = "Octets.",
     .id = 11,
     .type = value_type::int64,
     .always = true},
    {.name = "paused",
     .doc = "Whether it rests.",
     .id = 12,
     .type = value_type::boolean},
};
constexpr type_desc spec{.name = "example.v1.WidgetSpec",
                         .doc = "What is wanted.",
                         .fields = spec_fields};

constexpr std::string_view all_verbs[] = {
    "create", "delete", "deletecollection", "get",
    "list",   "patch",  "update",           "watch"};
constexpr std::string_view item_verbs[] = {"get", "patch", "update"};
constexpr std::string_view create_verb[] = {"create"};
constexpr std::string_view stream_verbs[] = {"create", "get"};
constexpr std::string_view short_names[] = {"wd"};
constexpr std::string_view categories[] = {"all"};

struct tables {
  field_desc widget_fields[2] = {
      {.name = "metadata",
       .doc = "Metadata.",
       .id = 1,
       .type = value_type::object,
       .always = true,
       .object = schema::find_type(
           "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")},
      {.name = "spec",
       .doc = "What is wanted.",
       .id = 2,
       .type = value_type::object,
       .object = &spec},
  };
  type_desc widget{
      .name = "example.v1.Widget", .doc = "A widget.", .fields = widget_fields};
  field_desc list_fields[2] = {
      {.name = "metadata",
       .doc = "Metadata.",
       .id = 1,
       .type = value_type::object,
       .always = true,
       .object =
           schema::find_type("io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta")},
      {.name = "items",
       .doc = "The widgets.",
       .id = 2,
       .type = value_type::object,
       .many = cardinality::list,
       .required = true,
       .object = &widget},
  };
  type_desc list{.name = "example.v1.WidgetList",
                 .doc = "Widgets.",
                 .fields = list_fields};
  schema::subresource_desc subresources[4] = {
      {"status",
       {"sample.example.k8s.io", "v1", "Widget"},
       &widget,
       item_verbs},
      {"scale", {"autoscaling", "v1", "Scale"}, &port, item_verbs},
      {"approval",
       {"sample.example.k8s.io", "v1", "Widget"},
       &widget,
       create_verb},
      {"exec",
       {"sample.example.k8s.io", "v1", "WidgetExecOptions"},
       nullptr,
       stream_verbs},
  };
  schema::resource_desc resource{
      .kind = {"sample.example.k8s.io", "v1", "Widget"},
      .plural = "widgets",
      .singular = "widget",
      .list_kind = "WidgetList",
      .short_names = short_names,
      .categories = categories,
      .verbs = all_verbs,
      .type = &widget,
      .list_type = &list,
      .subresources = subresources};
  const type_desc* types[4] = {&widget, &list, &spec, &port};
  const schema::resource_desc* resources[1] = {&resource};
  schema::group_version_desc version{"sample.example.k8s.io", "v1", types,
                                     resources};
  schema::group_version_desc unserved{"unserved.k8s.io", "v1", {}, {}};
  const schema::group_version_desc* versions[2] = {&version, &unserved};
};

struct core_tables {
  const schema::resource_desc* resources[2] = {
      schema::find_resource("", "v1", "configmaps"),
      schema::find_resource("", "v1", "namespaces")};
  schema::group_version_desc version{"", "v1", {}, resources};
  const schema::group_version_desc* versions[1] = {&version};
};

} // namespace

std::span<const schema::group_version_desc* const> sample_versions() {
  static const tables all;
  return all.versions;
}

std::span<const schema::group_version_desc* const> core_versions() {
  static const core_tables all;
  return all.versions;
}

} // namespace troupe::test
