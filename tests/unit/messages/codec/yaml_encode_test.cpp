#include "messages/codec/json.hpp"
#include "messages/codec/yaml_encode.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace troupe::codec;

namespace {

std::string yaml(std::string_view json) {
  const auto read = decode_json(json, nullptr);
  REQUIRE(read);
  return encode_yaml(read->doc.root());
}

/// How a text stands behind a key.
std::string value(const std::string& json_text) {
  const auto out = yaml("{\"k\":" + json_text + "}");
  REQUIRE(out.starts_with("k: "));
  return out.substr(3);
}

} // namespace

TEST_CASE("blocks are laid out as upstream lays them out") {
  CHECK(yaml(R"({"kind":"X","n":1,"t":true,"nothing":null,"empty":{},)"
             R"("none":[],"list":["a",{"b":"c d","e":"yes"},[1,2],["x"]]})")
        == "empty: {}\n"
           "kind: X\n"
           "list:\n"
           "- a\n"
           "- b: c d\n"
           "  e: \"yes\"\n"
           "- - 1\n"
           "  - 2\n"
           "- - x\n"
           "\"n\": 1\n"
           "none: []\n"
           "nothing: null\n"
           "t: true\n");
  CHECK(yaml("[]") == "[]\n");
  CHECK(yaml("\"a\"") == "a\n");
}

TEST_CASE("several lines are a literal block") {
  CHECK(value(R"("a\nb\n")") == "|\n  a\n  b\n");
  CHECK(value(R"("a\nb")") == "|-\n  a\n  b\n");
  CHECK(value(R"("a\n\n")") == "|+\n  a\n\n");
  CHECK(value(R"("a\n\n\n  b\n")") == "|\n  a\n\n\n    b\n");
  CHECK(value(R"("  a\nb")") == "|2-\n    a\n  b\n");
  CHECK(value(R"("\n")") == "|2+\n\n");
  CHECK(yaml(R"({"d":{"f":"x\ny\n","g":"z"},"l":["p\nq"]})")
        == "d:\n  f: |\n    x\n    y\n  g: z\nl:\n- |-\n  p\n  q\n");
  // What a block cannot hold.
  CHECK(value(R"("a \nb")") == "\"a \\nb\"\n");
  CHECK(value(R"("a\tb\nc")") == "\"a\\tb\\nc\"\n");
}

TEST_CASE("a text is quoted where it would read as something else") {
  for (const char* plain :
       {"a b", "a:b", "a#b", "it's", "a,b", "a]", ":x", "-x", "?x", "=", "<<",
        "1.2.3", "1h", "0x", "é", "/a/b", "back\\\\slash"})
    CHECK(value('"' + std::string{plain} + '"')
          == (plain == std::string_view{"back\\\\slash"}
                  ? std::string{"back\\slash"}
                  : std::string{plain})
                 + "\n");
  for (const char* doubled : {"",
                              "~",
                              "null",
                              "yes",
                              "No",
                              "true",
                              "on",
                              "y",
                              "012",
                              "0x1F",
                              "1e3",
                              "1.5",
                              ".5",
                              "+1",
                              "1_000",
                              "089",
                              "99999999999999999999",
                              "2026-01-02",
                              "2026-01-02T03:04:05Z",
                              "10:30",
                              ".inf",
                              "0b11"})
    CHECK(value('"' + std::string{doubled} + '"')
          == '"' + std::string{doubled} + "\"\n");
  for (const char* single :
       {" a", "a ", "a: b", "a #b", "#a",  "- a", "-",  "&a",
        "*a", "!a", "{a",   "[a",   "]a",  ",a",  "%a", "@a",
        "`a", "|a", ">a",   "a:",   "---", "...a"})
    CHECK(value('"' + std::string{single} + '"')
          == "'" + std::string{single} + "'\n");
  CHECK(value(R"("'a'")") == "'''a'''\n");
  CHECK(value(R"("\u0001\r\u001b\" a")") == "\"\\x01\\r\\e\\\" a\"\n");
  CHECK(value("\"\xf0\x9f\x98\x80\"") == "\"\\U0001F600\"\n");
}

TEST_CASE("long texts are folded after column 80") {
  std::string words;
  for (int i = 0; i < 30; ++i)
    words += i == 0 ? "word" : " word";
  const std::string first(words, 0, 79);
  CHECK(value('"' + words + '"') == first + "\n  " + words.substr(80) + "\n");
  CHECK(value("\"#" + words + "\"")
        == "'#" + words.substr(0, 79) + "\n  " + words.substr(80) + "'\n");
  CHECK(value("\"\\t" + words + "\"")
        == "\"\\t" + words.substr(0, 79) + "\n  " + words.substr(80) + "\"\n");
}

TEST_CASE("keys come in natural order") {
  CHECK(yaml(R"({"b":1,"a":1,"a10":1,"a2":1,"A":1,"a.b":1,"a-b":1,"2":1,)"
             R"("10":1,"_x":1})")
        == "_x: 1\n\"2\": 1\n\"10\": 1\nA: 1\na: 1\na-b: 1\na.b: 1\na2: 1\n"
           "a10: 1\nb: 1\n");
}

TEST_CASE("any number of keys in no order is laid out") {
  std::string json = "{";
  for (int i = 0; i < 200; ++i)
    json += std::string{i == 0 ? "" : ","} + "\"a" + std::to_string(i)
            + (i % 3 == 0 ? "b" : "") + "\":1";
  const auto text = yaml(json + "}");
  CHECK(std::count(text.begin(), text.end(), '\n') == 200);
}
