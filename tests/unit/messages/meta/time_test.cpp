#include "messages/meta/time.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::meta;

TEST_CASE("times read with offsets and fractions, print in UTC") {
  const std::pair<std::string, std::string> rows[] = {
      {"2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"},
      {"2026-01-02T03:04:05.999999999Z", "2026-01-02T03:04:05Z"},
      {"2026-01-02T03:04:05,5Z", "2026-01-02T03:04:05Z"},
      {"2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"},
      {"2026-01-01T00:00:00+00:30", "2025-12-31T23:30:00Z"},
      {"2026-01-02T23:30:00-01:00", "2026-01-03T00:30:00Z"},
      {"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
      {"1678-01-01T00:00:00Z", "1678-01-01T00:00:00Z"},
      {"2026-01-02T3:04:05Z", "2026-01-02T03:04:05Z"},
  };
  for (const auto& [text, want] : rows) {
    INFO(text);
    auto time = parse_time(text);
    REQUIRE(time);
    CHECK(format_time(*time) == want);
  }
}

TEST_CASE("bad times are refused with Go's texts") {
  const std::string as = "\" as \"2006-01-02T15:04:05Z07:00\": cannot parse ";
  const std::pair<std::string, std::string> rows[] = {
      {"", as + "\"\" as \"2006\""},
      {"abc", as + "\"abc\" as \"2006\""},
      {"2026", as + "\"\" as \"-\""},
      {"2026-1-02T03:04:05Z", as + "\"1-02T03:04:05Z\" as \"01\""},
      {"2026-01-02", as + "\"\" as \"T\""},
      {"2026-01-02T03:04:05", as + "\"\" as \"Z07:00\""},
      {"2026-01-02T03:04:05+0200", as + "\"+0200\" as \"Z07:00\""},
      {"2026-13-01T00:00:00Z", "\": month out of range"},
      {"2026-02-29T00:00:00Z", "\": day out of range"},
      {"2026-01-01T24:00:00Z", "\": hour out of range"},
      {"2026-01-01T00:60:00Z", "\": minute out of range"},
      {"2026-01-01T00:00:60Z", "\": second out of range"},
      {"2026-01-01T00:00:00+25:00", "\": time zone offset hour out of range"},
      {"9999-01-01T00:00:00Z", "\": year out of range"},
      {"2026-01-01T00:00:00Zx", "\": extra text: \"x\""},
  };
  for (const auto& [text, want] : rows) {
    INFO(text);
    auto time = parse_time(text);
    REQUIRE(!time);
    CHECK(time.error().message == "parsing time \"" + text + want);
  }
  CHECK(!parse_time(std::string(1000, '1')));
}

TEST_CASE("micro times carry exactly six decimals") {
  auto time = parse_micro_time("2026-01-02T03:04:05.000006Z");
  REQUIRE(time);
  CHECK(format_micro_time(*time) == "2026-01-02T03:04:05.000006Z");
  CHECK(format_micro_time(wall_time{std::chrono::nanoseconds{-1}})
        == "1969-12-31T23:59:59.999999Z");
  auto whole = parse_micro_time("2026-01-02T03:04:05Z");
  REQUIRE(!whole);
  CHECK(whole.error().message
        == "parsing time \"2026-01-02T03:04:05Z\" as "
           "\"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"Z\" as "
           "\".000000\"");
  CHECK(!parse_micro_time("2026-01-02T03:04:05.00006Z"));
  CHECK(!parse_micro_time("2026-01-02T03:04:05.0000067Z"));
}
