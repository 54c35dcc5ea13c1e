#include "messages/codec/patch/json_patch.hpp"
#include "messages/codec/patch/merge_patch.hpp"
#include "messages/codec/patch/untyped.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace troupe;
using namespace troupe::codec;

namespace {

/// A small random JSON value without nulls; objects at the root.
node* random_value(document& doc, std::mt19937& random, int depth) {
  auto pick = random() % (depth > 0 ? 5 : 3);
  if (pick == 0)
    return doc.make_integer(static_cast<std::int64_t>(random() % 3));
  if (pick == 1)
    return doc.make_string(random() % 2 ? "x" : "y");
  if (pick == 2)
    return doc.make_boolean(random() % 2 == 0);
  auto* result = pick == 3 ? doc.make_list() : doc.make_map();
  for (auto n = random() % 4; n > 0; --n) {
    auto* item = random_value(doc, random, depth - 1);
    if (pick == 3)
      doc.push_back(*result, item);
    else
      doc.set(*result, std::string(1, static_cast<char>('a' + random() % 4)),
              item);
  }
  return result;
}

document random_object(std::mt19937& random) {
  document doc;
  doc.root(*doc.make_map());
  for (auto key : {"a", "b", "c"})
    if (random() % 3)
      doc.set(doc.root(), std::string_view{key}, random_value(doc, random, 3));
  return doc;
}

} // namespace

TEST_CASE("the merge patch from a to b turns a into b") {
  std::mt19937 random{7};
  for (int i = 0; i < 500; ++i) {
    auto a = random_object(random);
    auto b = random_object(random);
    auto patch = make_merge_patch(a.root(), b.root());
    REQUIRE(apply_merge_patch(a, patch.root()));
    REQUIRE(equal(a.root(), b.root()));
    REQUIRE(make_merge_patch(a.root(), b.root()).root().empty());
  }
}

TEST_CASE("a JSON patch undoes what it did") {
  std::mt19937 random{11};
  auto patch =
      decode_json(R"([{"op":"add","path":"/n~1ew","value":[1,{"k":2}]},)"
                  R"({"op":"copy","from":"/n~1ew/1","path":"/n~1ew/-"},)"
                  R"({"op":"test","path":"/n~1ew/2","value":{"k":2}},)"
                  R"({"op":"move","from":"/n~1ew","path":"/~0"},)"
                  R"({"op":"remove","path":"/~0"}])",
                  nullptr);
  REQUIRE(patch);
  for (int i = 0; i < 200; ++i) {
    auto object = random_object(random);
    auto before = object.clone();
    REQUIRE(apply_json_patch(object, patch->doc.root()));
    REQUIRE(equal(object.root(), before.root()));
  }
}

TEST_CASE("a JSON patch has at most 10,000 operations") {
  document patch;
  patch.root(*patch.make_list());
  auto test = decode_json(R"({"op":"test","path":"/a","value":1})", nullptr);
  for (std::size_t i = 0; i < json_patch_operations_max; ++i)
    patch.push_back(patch.root(), patch.clone(test->doc.root()));
  auto object = decode_json(R"({"a":1})", nullptr);
  CHECK(apply_json_patch(object->doc, patch.root()));
  patch.push_back(patch.root(), patch.clone(test->doc.root()));
  auto refused = apply_json_patch(object->doc, patch.root());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == patch_fault::too_many_operations);
  CHECK(refused.error().message
        == "The allowed maximum operations in a JSON patch is 10000, got "
           "10001");
}

TEST_CASE("copies of one JSON patch have a common bound") {
  std::string text = "[";
  for (int i = 0; i < 100; ++i)
    text += R"({"op":"copy","from":"/a","path":"/a/x"},)";
  text.back() = ']';
  auto patch = decode_json(text, nullptr);
  auto object = decode_json(
      R"({"a":{"s":")" + std::string(1000, 'z') + R"("}})", nullptr);
  REQUIRE(object);
  auto refused = apply_json_patch(object->doc, patch->doc.root());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == patch_fault::not_applicable);
}
