#include "actors/gateway/http/json_layout.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;

TEST_CASE("JSON is laid out as Go's json.Indent does") {
  CHECK(indent_json(R"({"a":{"b":[1,"x:{,\"}"],"c":{},"d":[]},"e":null})")
        == "{\n  \"a\": {\n    \"b\": [\n      1,\n      \"x:{,\\\"}\"\n    "
           "],\n    \"c\": {},\n    \"d\": []\n  },\n  \"e\": null\n}");
}

TEST_CASE("JSON becomes YAML that says the same") {
  CHECK(json_to_yaml(R"({"kind":"X","n":1,"t":true,"empty":{},"none":[],)"
                     R"("list":["a",{"b":"c d","e":"yes"},[1,2]],)"
                     R"("text":"two\nlines","num":"012","plus":"a/b.c-d_e"})")
            .value()
        == "empty: {}\n"
           "kind: X\n"
           "list:\n"
           "- a\n"
           "- b: c d\n"
           "  e: \"yes\"\n"
           "- - 1\n"
           "  - 2\n"
           "\"n\": 1\n"
           "none: []\n"
           "num: \"012\"\n"
           "plus: a/b.c-d_e\n"
           "t: true\n"
           "text: |-\n  two\n  lines\n");
  CHECK_FALSE(json_to_yaml("{"));
}
