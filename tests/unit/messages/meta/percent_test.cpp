#include "messages/meta/percent.hpp"

#include <catch2/catch.hpp>

using namespace troupe::meta;

TEST_CASE("percentages are digits and a sign") {
  CHECK(parse_percent("25%") == 25);
  CHECK(parse_percent("0%") == 0);
  CHECK(parse_percent("007%") == 7);
  CHECK(parse_percent("99999999999999999999%") == 2147483647);
  for (const auto* text : {"", "%", "25", "-1%", "+1%", "2.5%", "1 %", "a%"})
    CHECK_FALSE(parse_percent(text));
}

TEST_CASE("shares are rounded as asked") {
  CHECK(percent_down(25, 3) == 0);
  CHECK(percent_up(25, 3) == 1);
  CHECK(percent_down(50, 3) == 1);
  CHECK(percent_up(50, 3) == 2);
  CHECK(percent_down(100, 7) == 7);
  CHECK(percent_up(100, 7) == 7);
  CHECK(percent_up(0, 7) == 0);
  CHECK(percent_up(2147483647, 2147483647) == 46116860141324207);
}
