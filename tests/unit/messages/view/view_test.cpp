#include "messages/codec/json.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/core_v1.hpp"
#include "messages/view/meta_v1.hpp"
#include "messages/view/selectors.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace core = view::core_v1;

namespace {

codec::document parse(std::string_view kind, std::string_view text) {
  auto out = codec::decode_json(
      text, schema::find_kind_type({"", "v1", std::string{kind}}));
  REQUIRE(out);
  return std::move(out->doc);
}

} // namespace

TEST_CASE("a view reads the fields of its type by name") {
  const auto doc = parse("ConfigMap", R"({
    "apiVersion": "v1", "kind": "ConfigMap",
    "metadata": {"name": "a", "labels": {"x": "1", "y": "2"},
      "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p",
        "uid": "u", "controller": true}]},
    "data": {"k": "v"}, "immutable": false})");
  const core::config_map map{doc};
  CHECK(map.metadata().name() == "a");
  CHECK(map.metadata().labels()["y"] == "2");
  CHECK(map.metadata().labels().size() == 2);
  CHECK(map.data()["k"] == "v");
  CHECK(map.data().contains("k"));
  CHECK(map.has_immutable());
  CHECK_FALSE(map.immutable());
  REQUIRE(map.metadata().owner_references().size() == 1);
  for (auto owner : map.metadata().owner_references()) {
    CHECK(owner.controller());
    CHECK(owner.uid() == "u");
  }
}

TEST_CASE("a LabelSelector becomes one that matches") {
  const auto* type =
      schema::find_type("io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector");
  const auto read = codec::decode_json(
      R"({"matchLabels": {"app": "web"}, "matchExpressions":
          [{"key": "tier", "operator": "NotIn", "values": ["db"]}]})",
      type);
  REQUIRE(read);
  const view::meta_v1::label_selector from{&read->doc.root()};
  const auto selector = view::to_selector(from);
  REQUIRE(selector);
  CHECK(*selector
        == *meta::label_selector::parse("app in (web),tier notin (db)"));
  const view::meta_v1::label_selector absent{nullptr};
  CHECK(*view::to_selector(absent) == meta::label_selector::nothing());
}

TEST_CASE("what is absent reads as empty") {
  const auto doc = parse("Event", R"({"apiVersion": "v1", "kind": "Event",
    "metadata": {"name": "a"}})");
  const core::event event{doc};
  CHECK(event.metadata());
  CHECK_FALSE(event.series());
  CHECK(event.series().count() == 0);
  CHECK(event.reason() == "");
  CHECK_FALSE(event.has_reason());
  CHECK(event.metadata().finalizers().empty());
  CHECK(event.metadata().annotations().begin()
        == event.metadata().annotations().end());
  CHECK_FALSE(event.metadata().annotations().contains("x"));
}
