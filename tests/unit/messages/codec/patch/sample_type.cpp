#include "tests/unit/messages/codec/patch/sample_type.hpp"

#include "messages/schema/registry.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace troupe::test {

namespace {

using namespace schema;

/// Owns what a type_desc points at.
struct type_builder {
  std::vector<field_desc> fields;
  std::vector<std::uint16_t> by_name;
  type_desc type;

  type_builder(std::string_view name, std::vector<field_desc> list)
      : fields{std::move(list)}, by_name(fields.size()) {
    std::iota(by_name.begin(), by_name.end(), std::uint16_t{0});
    std::ranges::sort(by_name, {}, [this](auto i) { return fields[i].name; });
    type.name = name;
    type.fields = fields;
    type.by_name = by_name;
  }
};

constexpr std::array<std::string_view, 1> name_key{"name"};
constexpr std::array<std::string_view, 2> port_keys{"containerPort",
                                                    "protocol"};

field_desc scalar(field_id id, std::string_view name, value_type type) {
  field_desc field;
  field.id = id;
  field.name = name;
  field.type = type;
  return field;
}

field_desc list_of(field_desc field, list_type kind) {
  field.many = cardinality::list;
  field.list = kind;
  return field;
}

field_desc object(field_id id, std::string_view name, const type_desc& type,
                  bool pointer) {
  auto field = scalar(id, name, value_type::object);
  field.object = &type;
  field.pointer = pointer;
  field.always = !pointer;
  return field;
}

field_desc keyed(field_id id, std::string_view name, const type_desc& type,
                 std::span<const std::string_view> keys) {
  auto field = list_of(object(id, name, type, true), list_type::map);
  field.pointer = false;
  field.patch = patch_strategy::merge;
  field.merge_key = keys.front();
  field.list_map_keys = keys;
  return field;
}

field_desc with_default(field_desc field, std::string_view json) {
  field.default_json = json;
  return field;
}

field_desc string_map(field_id id, std::string_view name, map_type kind) {
  auto field = scalar(id, name, value_type::string);
  field.many = cardinality::map;
  field.map = kind;
  return field;
}

field_desc merging(field_desc field, patch_strategy how) {
  field.patch = how;
  return field;
}

const type_desc& port_type() {
  auto number = scalar(1, "containerPort", value_type::int32);
  number.always = true;
  static const type_builder built{
      "test.v1.Port",
      {number,
       with_default(scalar(2, "protocol", value_type::string), "\"TCP\""),
       scalar(3, "hostIP", value_type::string)}};
  return built.type;
}

const type_desc& env_type() {
  static const type_builder built{"test.v1.EnvVar",
                                  {scalar(1, "name", value_type::string),
                                   scalar(2, "value", value_type::string)}};
  return built.type;
}

const type_desc& container_type() {
  static const type_builder built = [] {
    auto env = keyed(5, "env", env_type(), name_key);
    env.list = list_type::atomic;
    return type_builder{
        "test.v1.Container",
        {scalar(1, "name", value_type::string),
         scalar(2, "image", value_type::string),
         list_of(scalar(3, "args", value_type::string), list_type::atomic),
         keyed(4, "ports", port_type(), port_keys), env}};
  }();
  return built.type;
}

const type_desc& rolling_type() {
  static const type_builder built{"test.v1.Rolling",
                                  {scalar(1, "surge", value_type::int32)}};
  return built.type;
}

const type_desc& strategy_type() {
  static const type_builder built{"test.v1.Strategy",
                                  {scalar(1, "type", value_type::string),
                                   object(2, "rolling", rolling_type(), true)}};
  return built.type;
}

const type_desc& spec_type() {
  static const type_builder built = [] {
    auto replicas = scalar(1, "replicas", value_type::int32);
    replicas.pointer = true;
    auto tags = list_of(scalar(4, "tags", value_type::string), list_type::set);
    return type_builder{"test.v1.WidgetSpec",
                        {replicas,
                         keyed(2, "containers", container_type(), name_key),
                         merging(object(3, "strategy", strategy_type(), true),
                                 patch_strategy::retain_keys),
                         merging(tags, patch_strategy::merge),
                         string_map(5, "selector", map_type::atomic),
                         string_map(6, "options", map_type::unset)}};
  }();
  return built.type;
}

} // namespace

const schema::type_desc& widget_type() {
  static const type_builder built{
      "test.v1.Widget",
      {object(1, "metadata",
              *find_type("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"),
              false),
       object(2, "spec", spec_type(), false)}};
  return built.type;
}

} // namespace troupe::test
