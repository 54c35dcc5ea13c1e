#include "messages/codec/scalars.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::codec;

TEST_CASE("durations are read and written as Go does") {
  struct row {
    std::string_view given;
    std::string_view want;
  };

  for (const auto& x : {
           row{"0", "0s"},
           row{"+5s", "5s"},
           row{"90m", "1h30m0s"},
           row{"1h", "1h0m0s"},
           row{"-1.5s", "-1.5s"},
           row{".5s", "500ms"},
           row{"1us", "1\xc2\xb5s"},
           row{"1\xce\xbcs", "1\xc2\xb5s"},
           row{"1ns", "1ns"},
           row{"100ms1us", "100.001ms"},
           row{"2562047h47m16.854775807s", "2562047h47m16.854775807s"},
           row{"-2562047h47m16.854775808s", "-2562047h47m16.854775808s"},
       }) {
    auto got = parse_duration(x.given);
    REQUIRE(got);
    CHECK(format_duration(*got) == x.want);
  }
}

TEST_CASE("what is no duration is refused in Go's words") {
  struct row {
    std::string_view given;
    std::string_view want;
  };

  for (const auto& x : {
           row{"", "time: invalid duration \"\""},
           row{"-", "time: invalid duration \"-\""},
           row{"3", "time: missing unit in duration \"3\""},
           row{".s", "time: invalid duration \".s\""},
           row{"1x", "time: unknown unit \"x\" in duration \"1x\""},
           row{"9223372036854775808ns",
               "time: invalid duration \"9223372036854775808ns\""},
           row{"99999999999999999999h",
               "time: invalid duration \"99999999999999999999h\""},
       }) {
    auto got = parse_duration(x.given);
    REQUIRE_FALSE(got);
    CHECK(got.error().message == x.want);
  }
}

TEST_CASE("reals are written as Go's encoding/json does") {
  struct row {
    double given;
    std::string_view want;
  };

  for (const auto& x :
       {row{0, "0"}, row{1, "1"}, row{-1.5, "-1.5"}, row{0.1, "0.1"},
        row{1e-6, "0.000001"}, row{1e-7, "1e-7"}, row{1.5e-12, "1.5e-12"},
        row{1e20, "100000000000000000000"}, row{1e21, "1e+21"}}) {
    std::string out;
    append_real(out, x.given);
    CHECK(out == x.want);
  }
}

TEST_CASE("strings are escaped as Go's encoding/json does") {
  std::string out;
  append_quoted(out, "a\"\\\b\f\n\r\t\x01<>&\xe2\x80\xa8\xe2\x80\xa9"
                     "\xe2\x82\xac\x7f");
  CHECK(out
        == "\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u003c\\u003e\\u0026"
           "\\u2028\\u2029\xe2\x82\xac\x7f\"");
}

TEST_CASE("a zero value equals absence unless it is held by pointer") {
  document doc;
  schema::field_desc field;
  CHECK(equals_absence(field, *doc.make_string("")));
  CHECK_FALSE(equals_absence(field, *doc.make_string("x")));
  field.pointer = true;
  CHECK_FALSE(equals_absence(field, *doc.make_string("")));
  CHECK(equals_absence(field, *doc.make_null()));
  field.pointer = false;
  field.type = schema::value_type::int_or_string;
  CHECK_FALSE(equals_absence(field, *doc.make_integer(0)));
  field.many = schema::cardinality::list;
  CHECK(equals_absence(field, *doc.make_list()));
}
