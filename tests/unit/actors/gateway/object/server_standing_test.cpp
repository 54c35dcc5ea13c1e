#include "actors/gateway/object/server_standing.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;
using namespace std::chrono_literals;

TEST_CASE("a server has lost its standing when no read succeeds for long") {
  const mono_time begun{1h};
  server_standing standing{begun};
  CHECK_FALSE(standing.is_lost(begun + standing_lost_after));
  CHECK(standing.is_lost(begun + standing_lost_after + 1ns));
  standing.confirm(begun + 2s);
  CHECK_FALSE(standing.is_lost(begun + standing_lost_after + 2s));
  // A read that began before says less.
  standing.confirm(begun + 1s);
  CHECK_FALSE(standing.is_lost(begun + standing_lost_after + 2s));
  CHECK(standing.is_lost(begun + standing_lost_after + 3s));
}

TEST_CASE("one look that fails loses no standing") {
  CHECK(standing_interval + standing_patience < standing_lost_after);
}
