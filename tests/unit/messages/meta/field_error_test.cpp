#include "messages/meta/field_error.hpp"

#include <catch2/catch.hpp>

using namespace troupe::meta;

TEST_CASE("field errors read as upstream's") {
  const std::pair<field_error, std::string> rows[] = {
      {required("a"), "a: Required value"},
      {required("a", "why"), "a: Required value: why"},
      {invalid("a.b", quoted("x"), "no"), "a.b: Invalid value: \"x\": no"},
      {invalid("a", "5", "no"), "a: Invalid value: 5: no"},
      {duplicate("a[1]", quoted("x")), "a[1]: Duplicate value: \"x\""},
      {not_supported("a", quoted("x"), {"b", "c"}),
       "a: Unsupported value: \"x\": supported values: \"b\", \"c\""},
      {not_supported("a", quoted("x"), {}), "a: Unsupported value: \"x\""},
      {forbidden("a", "no"), "a: Forbidden: no"},
      {too_long("a", 63), "a: Too long: may not be more than 63 bytes"},
      {too_many("a", 5, 3), "a: Too many: 5: must have at most 3 items"},
      {too_many("a", 2, 1), "a: Too many: 2: must have at most 1 item"},
      {{field_error_type::internal, "a", "x", "boom"},
       "a: Internal error: boom"},
      {{field_error_type::not_found, "a", quoted("x"), ""},
       "a: Not found: \"x\""},
  };
  for (const auto& [error, want] : rows) {
    CHECK(error.text() == want);
    CHECK(error.field + ": " + error.body() == want);
  }
  CHECK(reason(field_error_type::required) == "FieldValueRequired");
  CHECK(reason(field_error_type::type_invalid) == "FieldValueTypeInvalid");
  CHECK(reason(field_error_type::internal) == "InternalError");
}

TEST_CASE("quoting is Go's") {
  using namespace std::string_literals;
  const std::pair<std::string, std::string> rows[] = {
      {"", "\"\""},
      {"a\"b\\c", "\"a\\\"b\\\\c\""},
      {"\a\b\f\n\r\t\v", "\"\\a\\b\\f\\n\\r\\t\\v\""},
      {"\x01\x7f\0"s, "\"\\x01\\x7f\\x00\""},
      {"\xff", "\"\\xff\""},
      {"é世😀", "\"é世😀\""},
      {"\u200b\u00a0", "\"\\u200b\\u00a0\""},
      {"\U000e0001", "\"\\U000e0001\""},
  };
  for (const auto& [text, want] : rows)
    CHECK(quoted(text) == want);
}
