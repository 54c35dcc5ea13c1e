#include "messages/schema/ids/demo_v1.hpp"
#include "messages/schema/ids/demo_v2.hpp"
#include "messages/schema/registry.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using namespace troupe::schema;

// The generator turns demo/*.schema into tables that are part of this test.

namespace {

const type_desc& type_of(std::string_view name) {
  auto found = find_type("io.troupe.api.demo." + std::string{name});
  if (found == nullptr)
    throw std::runtime_error{"no type " + std::string{name}};
  return *found;
}

const field_desc& spec_field(std::string_view name) {
  auto found = type_of("v1.WidgetSpec").find(name);
  if (found == nullptr)
    throw std::runtime_error{"no field " + std::string{name}};
  return *found;
}

} // namespace

TEST_CASE("generated tables carry constraints and defaults") {
  auto& size = spec_field("size");
  CHECK(size.type == value_type::int32);
  CHECK(size.default_json == "3");
  CHECK(size.constraint.minimum == 1);
  CHECK(size.constraint.maximum == 9);
  auto& colour = spec_field("colour");
  CHECK(colour.default_json == "\"Red\"");
  REQUIRE(colour.constraint.one_of.size() == 2);
  CHECK(colour.constraint.one_of[1] == "Green");
  auto name = type_of("v1.WidgetMeta").find("name");
  CHECK(name->constraint.immutable);
  CHECK(name->constraint.format == "dns1123_label");
  CHECK(type_of("v1.WidgetMeta").map == map_type::atomic);
}

TEST_CASE("generated tables carry merge keys, lists and maps") {
  auto& parts = spec_field("parts");
  CHECK(parts.many == cardinality::list);
  CHECK(parts.patch == patch_strategy::merge_retain_keys);
  CHECK(parts.merge_key == "id");
  CHECK(parts.list == list_type::map);
  REQUIRE(parts.list_map_keys.size() == 2);
  CHECK(parts.list_map_keys[1] == "place");
  CHECK(parts.object == &type_of("v1.Part"));
  auto& weights = spec_field("weights");
  CHECK(weights.many == cardinality::map);
  CHECK(weights.type == value_type::real);
  CHECK(weights.map == map_type::granular);
  CHECK(weights.patch == patch_strategy::retain_keys);
}

TEST_CASE("generated tables show the fields of embedded messages") {
  auto& spec = type_of("v1.WidgetSpec");
  CHECK(spec.find("source") == nullptr);
  CHECK(spec.find("shelf")->id == (3u << 16 | 1));
  CHECK(spec.find("factory")->id == ids::demo_v1::widget_spec::factory);
  CHECK(spec.find(ids::widget_spec::shelf) == spec.find("shelf"));
  CHECK(spec.find(ids::widget_spec::verbs)->required);
  CHECK(spec.find(ids::widget_spec::ours)->type == value_type::json);
}

TEST_CASE("generated tables name value types") {
  auto seen = type_of("v1.WidgetMeta").find("seen");
  CHECK(seen->type == value_type::micro_time);
  CHECK(seen->object == nullptr);
  CHECK(seen->named == &type_of("v1.Moment"));
  CHECK(seen->named->value == value_type::micro_time);
}

TEST_CASE("generated resources carry their parts") {
  auto found = find_resource("demo.troupe.io", "v1", "widgets");
  REQUIRE(found != nullptr);
  CHECK(found->has_generation);
  CHECK(found->has_status);
  CHECK_FALSE(found->namespaced);
  CHECK(found->categories.size() == 2);
  CHECK(found->short_names.size() == 2);
  REQUIRE(found->columns.size() == 2);
  CHECK(found->columns[1].name == "How Big");
  CHECK(found->columns[1].priority == 1);
  REQUIRE(found->selectable.size() == 1);
  CHECK(found->selectable[0].label == "spec.shade");
  CHECK(found->selectable[0].path == "spec.colour");
  CHECK(found->selectable[0].otherwise == "metadata.name");
  REQUIRE(found->subresources.size() == 2);
  CHECK(found->subresources[0].kind.kind == "Order");
  CHECK(found->subresources[0].type == &type_of("v1.Order"));
  CHECK(found->subresources[1].type == found->type);
}

TEST_CASE("generated kinds are found, shared ones under any group") {
  CHECK(find_kind({"demo.troupe.io", "v1", "Widget"}) != nullptr);
  CHECK(find_kind({"demo.troupe.io", "v2", "Widget"}) == nullptr);
  CHECK(find_kind_type({"demo.troupe.io", "v2", "Widget"})
        == &type_of("v2.Widget"));
  CHECK(find_kind_type({"any.io", "v7", "Order"}) == &type_of("v1.Order"));
  CHECK(find_kind_type({"any.io", "v7", "Report"}) == &type_of("v1.Report"));
  CHECK(type_of("v1.Order").type_meta);
  CHECK_FALSE(type_of("v1.Report").type_meta);
  CHECK_FALSE(type_of("v1.Part").type_meta);
}

TEST_CASE("group versions may share names of types") {
  CHECK(ids::demo_v1::widget::spec == 2);
  CHECK(ids::demo_v2::widget::old == 2);
  auto& next = type_of("v2.Widget");
  CHECK(next.find("old")->object == &type_of("v1.Widget"));
  CHECK(next.find("metadata")->object == &type_of("v1.WidgetMeta"));
}
