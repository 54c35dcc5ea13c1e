#include "messages/codec/json.hpp"
#include "messages/codec/managed/compare.hpp"
#include "messages/codec/managed/field_manager.hpp"
#include "messages/codec/managed/merge_fields.hpp"
#include "tests/unit/messages/codec/patch/sample_type.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace troupe;
using namespace troupe::codec;

namespace {

field_set random_set(std::mt19937& random) {
  const std::vector<path_step> steps{"f:a",      "f:b", R"(k:{"name":"x"})",
                                     R"(v:"x")", "v:1", "i:3"};
  field_set set;
  for (auto n = random() % 8; n > 0; --n) {
    field_path path;
    for (auto depth = 1 + random() % 3; depth > 0; --depth)
      path.push_back(steps[random() % steps.size()]);
    set.insert(path);
  }
  return set;
}

/// A Widget that says some of everything.
document random_widget(std::mt19937& random) {
  auto maybe = [&random](std::string text) {
    return random() % 2 ? text : std::string{};
  };
  auto value = [&random] { return std::to_string(random() % 3); };
  auto joined = [](std::vector<std::string> parts) {
    std::string all;
    for (auto& part : parts)
      if (!part.empty())
        all += (all.empty() ? "" : ",") + part;
    return all;
  };
  auto container = [&](const std::string& name) {
    return maybe(
        "{"
        + joined({R"("name":")" + name + '"',
                  maybe(R"("image":")" + value() + '"'),
                  maybe(R"("ports":[{"containerPort":)" + value() + "}]")})
        + "}");
  };
  auto text = R"({"metadata":{"labels":{)"
              + joined({maybe(R"("a":")" + value() + '"'), maybe(R"("b":"1")")})
              + R"(}},"spec":{"containers":[)"
              + joined({container("x"), container("y"), container("z")})
              + R"(],"tags":[)" + joined({maybe(R"("s")"), maybe(R"("t")")})
              + R"(],"options":{)" + joined({maybe(R"("k":")" + value() + '"')})
              + "}}}";
  auto widget = decode_json(text, &test::widget_type());
  REQUIRE(widget);
  return std::move(widget->doc);
}

constexpr field_write write_of(std::string_view manager) {
  field_write write{};
  write.manager = manager;
  write.api_version = "test/v1";
  write.kind = "Widget";
  return write;
}

} // namespace

TEST_CASE("field sets obey the laws of sets") {
  std::mt19937 random{3};
  for (int i = 0; i < 500; ++i) {
    auto a = random_set(random);
    auto b = random_set(random);
    auto c = random_set(random);
    CHECK(set_union(a, b) == set_union(b, a));
    CHECK(set_union(a, a) == a);
    CHECK(set_intersection(a, b) == set_intersection(b, a));
    CHECK(set_intersection(a, set_union(a, b)) == a);
    CHECK(set_union(set_difference(a, b), set_intersection(a, b)) == a);
    CHECK(set_intersection(set_difference(a, b), b).empty());
    CHECK(set_difference(a, set_union(b, c))
          == set_difference(set_difference(a, b), c));
    CHECK(set_difference(a, a).empty());
    CHECK(set_union(a, b).size() + set_intersection(a, b).size()
          == a.size() + b.size());
    CHECK(set_difference(recursive_difference(a, b), set_difference(a, b))
              .empty());
    a.for_each([&](const field_path& path) { CHECK(a.has(path)); });
  }
}

TEST_CASE("FieldsV1 comes back as it went") {
  std::mt19937 random{5};
  for (int i = 0; i < 500; ++i) {
    auto set = random_set(random);
    auto back = decode_fields_v1(encode_fields_v1(set).root());
    REQUIRE(back);
    CHECK(*back == set);
  }
}

TEST_CASE(
    "FieldsV1 is read leniently where upstream does, strictly elsewhere") {
  auto read = [](std::string_view text) {
    auto fields = decode_json(text, nullptr);
    REQUIRE(fields);
    return decode_fields_v1(fields->doc.root());
  };
  auto spelled = read(R"({"k:{ \"b\":1, \"a\":2}":{},"x:y":{}})");
  REQUIRE(spelled);
  CHECK(spelled->size() == 1);
  CHECK(spelled->has({R"(k:{"a":2,"b":1})"}));
  for (auto text : {R"({"f:a":1})", R"({"k:[]":{}})", R"({"v:":{}})",
                    R"({"v:{":{}})", R"({"i:x":{}})", "[]"})
    CHECK_FALSE(read(text));
}

TEST_CASE("paths read as upstream prints them") {
  CHECK(to_string({"f:spec", R"(k:{"containerPort":80,"protocol":"TCP"})",
                   R"(v:"x")", "i:2"})
        == R"(.spec[containerPort=80,protocol="TCP"][="x"][2])");
}

TEST_CASE("changes between objects tell all there is") {
  std::mt19937 random{9};
  for (int i = 0; i < 300; ++i) {
    auto a = random_widget(random);
    auto b = random_widget(random);
    auto there = compare_fields(&a, b);
    auto back = compare_fields(&b, a);
    CHECK(there.added == back.removed);
    CHECK(there.changed == back.changed);
    CHECK(there.empty() == equal(a.root(), b.root()));
    auto without = remove_fields(b, there.added);
    CHECK(compare_fields(&a, without).added.empty());
  }
}

TEST_CASE("applying takes effect, is idempotent and can be taken back") {
  std::mt19937 random{13};
  for (int i = 0; i < 300; ++i) {
    auto live = random_widget(random);
    update_managed_fields(nullptr, live, write_of("other"));
    auto config = random_widget(random);
    auto outcome = apply_fields(&live, config, write_of("me"), true);
    if (auto* failed = std::get_if<error>(&outcome))
      FAIL(failed->message);
    auto& first = std::get<applied>(outcome);
    auto merged = merge_fields(first.object, config);
    CHECK(equal(merged.root(), first.object.root()));
    auto again = apply_fields(&first.object, config, write_of("me"), false);
    REQUIRE(std::holds_alternative<applied>(again));
    CHECK_FALSE(std::get<applied>(again).changed);
    CHECK(equal(std::get<applied>(again).object.root(), first.object.root()));
    // An empty configuration leaves what the other manager still owns.
    document nothing{&test::widget_type()};
    auto taken_back =
        apply_fields(&first.object, nothing, write_of("me"), false);
    REQUIRE(std::holds_alternative<applied>(taken_back));
    auto entries = decode_managed_fields(std::get<applied>(taken_back).object);
    REQUIRE(entries);
    for (auto& entry : *entries)
      CHECK(entry.owner.manager == "other");
  }
}
