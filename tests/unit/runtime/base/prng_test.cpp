#include "runtime/base/prng.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("splitmix64 gives its published sequence") {
  // Reference values for seed 1234567 (Vigna's splitmix64.c).
  prng random{1234567};
  CHECK(random.next() == 6457827717110365317u);
  CHECK(random.next() == 3203168211198807973u);
  CHECK(random.next() == 9817491932198370423u);
}

TEST_CASE("a bound is kept, and everything below it comes up") {
  prng random{1};
  bool seen[7] = {};
  for (int i = 0; i < 1'000; ++i) {
    const auto n = random.below(7);
    REQUIRE(n < 7);
    seen[n] = true;
  }
  for (bool it : seen)
    CHECK(it);
  CHECK(random.below(0) == 0);
  CHECK_FALSE(random.chance(0));
  CHECK(random.chance(100));
}
