#include "messages/codec/json.hpp"
#include "messages/codec/json_syntax.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::codec;
using namespace std::string_view_literals;

TEST_CASE("syntax faults read as Go's decoder says them") {
  struct row {
    std::string_view given;
    std::string_view want;
  };

  constexpr auto end = "unexpected end of JSON input"sv;
  const row table[] = {
      // Values.
      {"", end},
      {" \n", end},
      {"x", "invalid character 'x' looking for beginning of value"},
      {"'a'", R"(invalid character '\'' looking for beginning of value)"},
      {"\xef\xbb\xbf{}",
       "invalid character 'ï' looking for beginning of value"},
      {"\x80", R"(invalid character '\u0080' looking for beginning of value)"},
      {"\0"sv, R"(invalid character '\x00' looking for beginning of value)"},
      {"\\", R"(invalid character '\\' looking for beginning of value)"},
      {"{} x", "invalid character 'x' after top-level value"},
      {"1 2", "invalid character '2' after top-level value"},
      {R"({}"")", R"(invalid character '"' after top-level value)"},
      {"]", "invalid character ']' looking for beginning of value"},
      // Objects.
      {"{", end},
      {R"({"a")", end},
      {R"({"a":)", end},
      {R"({"a":1)", end},
      {R"({"a":1,)", end},
      {"{x",
       "invalid character 'x' looking for beginning of object key string"},
      {R"({"a":1,})",
       "invalid character '}' looking for beginning of object key string"},
      {R"({"a"})", "invalid character '}' after object key"},
      {R"({"a" 1})", "invalid character '1' after object key"},
      {R"({"a":})", "invalid character '}' looking for beginning of value"},
      {R"({"a":1 "b":2})",
       R"(invalid character '"' after object key:value pair)"},
      {R"({"a":1])", "invalid character ']' after object key:value pair"},
      // Arrays.
      {"[", end},
      {"[1", end},
      {"[1,", end},
      {"[1,]", "invalid character ']' looking for beginning of value"},
      {"[,]", "invalid character ',' looking for beginning of value"},
      {"[1 2]", "invalid character '2' after array element"},
      {"[[]}", "invalid character '}' after array element"},
      {R"([{"a":[]},x])",
       "invalid character 'x' looking for beginning of value"},
      // Strings.
      {R"("a)", end},
      {"\"a\n\"", R"(invalid character '\n' in string literal)"},
      {R"("\x")", "invalid character 'x' in string escape code"},
      {R"("\)", "invalid character ' ' in string escape code"},
      {R"("\u12g4")",
       R"(invalid character 'g' in \u hexadecimal character escape)"},
      {R"("\u12)",
       R"(invalid character ' ' in \u hexadecimal character escape)"},
      // Numbers: the blank that ends them does not fit either.
      {"-", "invalid character ' ' in numeric literal"},
      {"-x", "invalid character 'x' in numeric literal"},
      {"01", "invalid character '1' after top-level value"},
      {"1.", "invalid character ' ' after decimal point in numeric literal"},
      {"1.e", "invalid character 'e' after decimal point in numeric literal"},
      {"1e+", "invalid character ' ' in exponent of numeric literal"},
      {"[1ex]", "invalid character 'x' in exponent of numeric literal"},
      // Words.
      {"tru", "invalid character ' ' in literal true (expecting 'e')"},
      {"tx", "invalid character 'x' in literal true (expecting 'r')"},
      {"[fals]", "invalid character ']' in literal false (expecting 'e')"},
      {"nil", "invalid character 'i' in literal null (expecting 'u')"},
      {"nulll", "invalid character 'l' after top-level value"},
  };
  for (const auto& x : table) {
    INFO(x.given);
    CHECK(json_syntax_fault(x.given) == std::string{x.want});
    const auto got = decode_json(x.given, nullptr);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::invalid_argument);
    CHECK(got.error().message == x.want);
  }
}

TEST_CASE("what is JSON has no syntax fault") {
  for (auto text : {
           " null "sv,
           "true"sv,
           "-0.5e-7"sv,
           "0"sv,
           R"("\u00e4\n\"")"sv,
           R"({"a":[{},[],{"b":[1,2]}],"c":""})"sv,
           "\"\xff\""sv,
           "[[[]]]"sv,
           "\t\r\n[1 , 2 ]\n"sv,
           R"({ "a" : { } })"sv,
       }) {
    INFO(text);
    CHECK(json_syntax_fault(text) == std::nullopt);
    CHECK(decode_json(text, nullptr).has_value());
  }
}

TEST_CASE("depth is a syntax fault past Go's limit") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(json_syntax_fault(nested(json_syntax_depth_max)) == std::nullopt);
  CHECK(json_syntax_fault(nested(json_syntax_depth_max + 1))
        == "exceeded max depth");
}
