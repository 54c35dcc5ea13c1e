#include "node/pod/backoff.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

const pod::backoff_limits limits{10s, 300s, 600s};

wall_time at(duration since) {
  return wall_time{since};
}

} // namespace

TEST_CASE("the first attempt is free and the waits double", "[pod]") {
  pod::backoff entry;
  auto now = at(1h);
  REQUIRE_FALSE(entry.holds(now, now, limits));
  for (auto wait : {10s, 20s, 40s, 80s, 160s, 300s, 300s}) {
    entry.attempt(now, now, limits);
    CHECK(entry.wait == wait);
    CHECK(entry.holds(now, now, limits));
    CHECK(entry.holds(now, now + wait - 1ns, limits));
    CHECK_FALSE(entry.holds(now, now + wait, limits));
    now += wait;
  }
}

TEST_CASE("what lives for long is forgiven", "[pod]") {
  pod::backoff entry;
  entry.attempt(at(0s), at(0s), limits);
  entry.attempt(at(10s), at(10s), limits);
  CHECK(entry.wait == 20s);
  CHECK(entry.holds(at(610s), at(610s), limits));
  CHECK_FALSE(entry.holds(at(611s), at(611s), limits));
  entry.attempt(at(611s), at(611s), limits);
  CHECK(entry.wait == 10s);
}
