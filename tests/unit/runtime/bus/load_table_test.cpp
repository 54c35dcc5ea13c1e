#include "runtime/bus/load_table.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::bus;

namespace {

bus_peer node(std::size_t i) {
  return {"node", "n" + std::to_string(i)};
}

} // namespace

TEST_CASE("a peer has so many requests at work, and no more", "[bus]") {
  load_table table;
  for (std::size_t i = 0; i < peer_load_max.requests; ++i)
    REQUIRE(table.enter(node(1), 1));
  CHECK_FALSE(table.enter(node(1), 1));
  CHECK(table.enter(node(2), 1));
  table.leave(node(1), 1);
  CHECK(table.enter(node(1), 1));
  CHECK_FALSE(table.enter(node(1), 1));
}

TEST_CASE("a peer has so many octets at work, and no more", "[bus]") {
  load_table table;
  REQUIRE(table.enter(node(1), peer_load_max.octets - 1));
  CHECK_FALSE(table.enter(node(1), 2));
  CHECK(table.enter(node(2), 2));
  CHECK(table.enter(node(1), 1));
  CHECK_FALSE(table.enter(node(1), 1));
  table.leave(node(1), peer_load_max.octets - 1);
  CHECK(table.enter(node(1), 2));
}

TEST_CASE("all peers together have a limit", "[bus]") {
  load_table table;
  std::size_t peers = 0;
  SECTION("of requests") {
    while (table.enter(node(peers / peer_load_max.requests), 0))
      ++peers;
    CHECK(peers == load_max.requests);
  }
  SECTION("of octets") {
    while (table.enter(node(peers), peer_load_max.octets))
      ++peers;
    CHECK(peers == load_max.octets / peer_load_max.octets);
  }
  CHECK_FALSE(table.enter(node(1'000'000), 1));
}
