#include "runtime/base/backoff.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

TEST_CASE("delays double up to the most") {
  const backoff_policy policy{100ms, 1s};
  const duration want[] = {100ms, 200ms, 400ms, 800ms, 1s, 1s};
  for (unsigned attempt = 0; attempt < std::size(want); ++attempt)
    CHECK(policy.delay(attempt) == want[attempt]);
  CHECK(policy.delay(1'000'000) == 1s);
}

TEST_CASE("a first delay above the most is cut to it") {
  CHECK(backoff_policy{5s, 1s}.delay(0) == 1s);
}
