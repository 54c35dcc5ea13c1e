#include "messages/base/json_escape.hpp"

#include <catch2/catch.hpp>

TEST_CASE("JSON strings are escaped as Go escapes them") {
  using namespace std::string_literals;
  const std::pair<std::string, std::string> rows[] = {
      {"", R"("")"},
      {"a\"b\\c/", R"("a\"b\\c/")"},
      {"\b\f\n\r\t", R"("\b\f\n\r\t")"},
      {"\x01\x1f\0\x7f"s, "\"\\u0001\\u001f\\u0000\x7f\""},
      {"<a>&", R"("\u003ca\u003e\u0026")"},
      {"é世😀", "\"é世😀\""},
      {"\u2028\u2029", R"("\u2028\u2029")"},
      {"a\xff\xc3z", R"("a\ufffd\ufffdz")"},
  };
  for (const auto& [text, want] : rows)
    CHECK(troupe::json_string(text) == want);
}
