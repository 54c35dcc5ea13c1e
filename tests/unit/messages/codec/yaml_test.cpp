#include "messages/codec/yaml.hpp"
#include "messages/codec/yaml_scalar.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace troupe;
using namespace troupe::codec;

TEST_CASE("plain scalars are what YAML 1.1 says") {
  struct row {
    std::string_view given;
    std::string_view want;
  };

  for (const auto& x : {
           row{"~", "null"},
           row{"null", "null"},
           row{"yes", "true"},
           row{"Off", "false"},
           row{"y", "true"},
           row{"nope", "\"nope\""},
           row{"12", "12"},
           row{"-12", "-12"},
           row{"+12", "12"},
           row{"0x1f", "31"},
           row{"0b101", "5"},
           row{"0777", "511"},
           row{"0o17", "15"},
           row{"08", "8"},
           row{"1_000", "1000"},
           row{"1.5", "1.5"},
           row{".5", "0.5"},
           row{"1e3", "1000"},
           row{"1.", "1"},
           row{"1.2.3", "\"1.2.3\""},
           row{"-", "\"-\""},
           row{"2020-01-01", "\"2020-01-01\""},
           row{"1e", "\"1e\""},
           row{"0x", "\"0x\""},
           row{"-9223372036854775808", "-9223372036854775808"},
           row{"18446744073709551615", "18446744073709552000"},
           row{"10:30", "\"10:30\""},
           row{"0.1Gi", "\"0.1Gi\""},
       }) {
    INFO(x.given);
    document doc;
    CHECK(encode_json(*make_plain_scalar(doc, x.given), nullptr) == x.want);
  }
}

TEST_CASE("aliases cannot blow a document up") {
  std::string text = "a0: &a0 [xxxxxxxx, xxxxxxxx]\n";
  for (int i = 1; i < 40; ++i) {
    const auto last = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last
            + ", " + last + "]\n";
  }
  auto got = decode_yaml(text, nullptr);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::too_large);
}

TEST_CASE("YAML past a limit is too large") {
  auto deep = decode_yaml("[[[]]]", nullptr, {.depth_max = 2});
  REQUIRE_FALSE(deep);
  CHECK(deep.error().code == errc::too_large);
  auto lengthy = decode_yaml("abcdef", nullptr, {.size_max = 5});
  REQUIRE_FALSE(lengthy);
  CHECK(lengthy.error().code == errc::too_large);
  CHECK_FALSE(decode_yaml(std::string(100'000, '['), nullptr));
}

TEST_CASE("lines about repeated keys stop at the limit of problems") {
  std::string text;
  for (int i = 0; i < 300; ++i)
    text += "a:\n";
  auto got = decode_yaml(text, nullptr);
  REQUIRE(got);
  REQUIRE(got->problems.size() == 1);
  CHECK(std::ranges::count(got->problems[0], '\n')
        == std::ptrdiff_t{decoded::problems_max});
}
