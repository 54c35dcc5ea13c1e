#include "runtime/bus/ask_table.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::bus;

namespace {

const bus_peer s1{"server", "s1"};
const bus_peer s2{"server", "s2"};
const bus_peer any{"server", "any"};
const bus_peer n1{"node", "n1"};

mono_time at(int seconds) {
  return mono_time{std::chrono::seconds{seconds}};
}

} // namespace

TEST_CASE("an ask ends once", "[bus]") {
  ask_table asks;
  REQUIRE(asks.add(1, s1, at(5)));
  CHECK(asks.take(1, s1));
  CHECK_FALSE(asks.take(1, s1));
  CHECK_FALSE(asks.drop(1));
  CHECK(asks.expire(at(9)).empty());
  CHECK_FALSE(asks.next_wake());
}

TEST_CASE("only who was asked answers", "[bus]") {
  ask_table asks;
  asks.add(1, s1, at(5));
  asks.add(2, any, at(5));
  CHECK_FALSE(asks.take(1, s2));
  CHECK_FALSE(asks.take(1, n1));
  CHECK_FALSE(asks.take(2, n1));
  CHECK(asks.take(1, s1));
  CHECK(asks.take(2, s2));
}

TEST_CASE("asks expire in the order of their deadlines", "[bus]") {
  ask_table asks;
  asks.add(1, s1, at(7));
  asks.add(2, s1, at(5));
  asks.add(3, s1, at(9));
  CHECK(asks.next_wake() == at(5));
  CHECK(asks.expire(at(4)).empty());
  CHECK(asks.expire(at(7)) == std::vector<std::uint64_t>{2, 1});
  CHECK(asks.next_wake() == at(9));
  CHECK(asks.clear() == std::vector<std::uint64_t>{3});
}

TEST_CASE("the table has a limit", "[bus]") {
  ask_table asks;
  for (std::uint64_t id = 1; id <= asks_max; ++id)
    REQUIRE(asks.add(id, s1, at(5)));
  CHECK_FALSE(asks.add(asks_max + 1, s1, at(5)));
  asks.drop(1);
  CHECK(asks.add(asks_max + 1, s1, at(5)));
}
