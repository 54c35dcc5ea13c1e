#include "messages/codec/json.hpp"
#include "tests/unit/messages/codec/json_widget.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::codec;

TEST_CASE("JSON past a limit is too large") {
  const std::string nested = R"([[[[]]]])";
  CHECK(decode_json(nested, nullptr, {.depth_max = 4}));
  auto deep = decode_json(nested, nullptr, {.depth_max = 3});
  REQUIRE_FALSE(deep);
  CHECK(deep.error().code == errc::too_large);
  auto many = decode_json("[1,2,3]", nullptr, {.nodes_max = 3});
  REQUIRE_FALSE(many);
  CHECK(many.error().code == errc::too_large);
  CHECK(decode_json("[1,2,3]", nullptr, {.nodes_max = 4}));
  auto lengthy = decode_json("[1,2,3]", nullptr, {.size_max = 6});
  REQUIRE_FALSE(lengthy);
  CHECK(lengthy.error().code == errc::too_large);
  CHECK_FALSE(decode_json(std::string(100'000, '['), nullptr));
}

TEST_CASE("big texts are read like small ones") {
  std::string text = R"({"labels":{)";
  for (int i = 20'000; i > 0; --i)
    text += "\"key" + std::to_string(i) + "\":\"v\",";
  text += R"("key1":"last"}})";
  auto got = decode_json(text, &widget::type());
  REQUIRE(got);
  CHECK(got->doc.root().find(14)->size() == 20'000);
  CHECK(got->doc.root().find(14)->find("key1")->string() == "last");
  CHECK(got->problems
        == std::vector<std::string>{"duplicate field \"labels.key1\""});
}

TEST_CASE("problems stop at their limit") {
  std::string text = "{";
  for (int i = 0; i < 300; ++i)
    text += "\"x" + std::to_string(i) + "\":1,";
  text += R"("text":"kept"})";
  auto got = decode_json(text, &widget::type());
  REQUIRE(got);
  CHECK(got->problems.size() == decoded::problems_max);
  CHECK(got->doc.root().find(6)->string() == "kept");
}

TEST_CASE("a resourceVersion is written without changing the document") {
  auto got = decode_json(R"({"metadata":{"name":"a","resourceVersion":"1"}})",
                         &widget::type());
  REQUIRE(got);
  encode_options options{"example/v1", "Widget", "42"};
  CHECK(encode_json(got->doc.root(), &widget::type(), options)
        == R"({"kind":"Widget","apiVersion":"example/v1",)"
           R"("metadata":{"name":"a","resourceVersion":"42",)"
           R"("creationTimestamp":null},"count":0,"numbers":null})");
  document empty{&widget::type()};
  CHECK(encode_json(empty.root(), &widget::type(), options)
        == R"({"kind":"Widget","apiVersion":"example/v1",)"
           R"("metadata":{"resourceVersion":"42",)"
           R"("creationTimestamp":null},"count":0,"numbers":null})");
}

TEST_CASE("members of unknown id are left out of JSON") {
  document doc{&widget::type()};
  doc.set(doc.root(), 6, doc.make_string("x"));
  doc.set(doc.root(), 999, doc.make_string("y"));
  CHECK(encode_json(doc.root(), &widget::type())
        == R"({"metadata":{"creationTimestamp":null},"count":0,)"
           R"("text":"x","numbers":null})");
}
