#include "actors/state/command_table.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::state;

namespace {

raft::log_position at(std::uint64_t index, std::uint64_t term) {
  return {raft::log_index{index}, raft::term{term}};
}

wall_time wall(int s) {
  return wall_time{std::chrono::seconds{s}};
}

const raft::member_id s2{"s2"};
const raft::member_id s3{"s3"};

using tickets = std::vector<ticket>;

/// With tickets 1 to `n`, all parked.
command_table table_of(std::uint64_t n) {
  command_table out;
  for (std::uint64_t i = 1; i <= n; ++i)
    out.add(ticket{i}, make_shared_bytes("command"), wall(10));
  return out;
}

} // namespace

TEST_CASE("the command whose term is applied wins, another at its index is "
          "parked again") {
  auto table = table_of(3);
  CHECK(table.take_parked() == tickets{ticket{1}, ticket{2}, ticket{3}});
  table.placed(ticket{1}, at(5, 1));
  table.placed(ticket{2}, at(5, 2));
  table.placed(ticket{3}, at(6, 2));
  CHECK(table.applied(at(5, 2)) == ticket{2});
  CHECK(table.take_parked() == tickets{ticket{1}});
  CHECK(table.was_tried(ticket{1}));
  CHECK_FALSE(table.contains(ticket{2}));
  CHECK_FALSE(table.applied(at(5, 2)));
  CHECK(table.applied(at(6, 2)) == ticket{3});
}

TEST_CASE("a snapshot leaves the fate of entries below it open") {
  auto table = table_of(2);
  table.take_parked();
  table.placed(ticket{1}, at(5, 1));
  table.placed(ticket{2}, at(7, 1));
  table.covered(raft::log_index{6});
  CHECK(table.take_parked() == tickets{ticket{1}});
  CHECK(table.applied(at(7, 1)) == ticket{2});
}

TEST_CASE("an outcome is settled once it is applied here") {
  auto table = table_of(2);
  table.take_parked();
  table.sent(ticket{1}, s2, 1);
  table.sent(ticket{2}, s2, 1);
  table.decided(ticket{1}, raft::log_index{9}, store::committed{});
  CHECK(table.settle(raft::log_index{8}).empty());
  const auto settled = table.settle(raft::log_index{9});
  REQUIRE(settled.size() == 1);
  CHECK(settled[0].tag == ticket{1});
  CHECK(settled[0].outcome == store::propose_outcome{store::committed{}});
  CHECK(table.settle(raft::log_index{9}).empty());
  CHECK(table.size() == 1);
}

TEST_CASE("silence, and another leader, park what was sent") {
  auto table = table_of(2);
  table.take_parked();
  table.sent(ticket{1}, s2, 1);
  table.age(2);
  table.sent(ticket{2}, s3, 2);
  CHECK(table.take_parked().empty());
  table.age(2);
  CHECK(table.take_parked() == tickets{ticket{1}});
  table.sent(ticket{1}, s2, 3);
  table.leader_is(s2);
  CHECK(table.take_parked() == tickets{ticket{2}});
}

TEST_CASE("only the last attempt's answer counts") {
  auto table = table_of(1);
  table.take_parked();
  table.sent(ticket{1}, s2, 1);
  table.leader_is(s3);
  table.take_parked();
  table.sent(ticket{1}, s3, 2);
  CHECK_FALSE(table.is_attempt(ticket{1}, 1));
  CHECK(table.is_attempt(ticket{1}, 2));
  CHECK(table.was_repeated(ticket{1}));
}

TEST_CASE("what was refused waits until it is released, as if never tried") {
  auto table = table_of(1);
  table.take_parked();
  table.sent(ticket{1}, s2, 1);
  table.refused(ticket{1});
  CHECK_FALSE(table.was_tried(ticket{1}));
  CHECK(table.take_parked().empty());
  table.release();
  CHECK(table.take_parked() == tickets{ticket{1}});
}

TEST_CASE("commands expire in the order of their deadlines") {
  command_table table;
  table.add(ticket{1}, make_shared_bytes("a"), wall(10));
  table.add(ticket{2}, make_shared_bytes("b"), wall(5));
  table.take_parked();
  table.placed(ticket{2}, at(1, 1));
  CHECK(table.expired(wall(5)).empty());
  CHECK(table.expired(wall(6)) == tickets{ticket{2}});
  CHECK(table.remove(ticket{2}));
  CHECK_FALSE(table.remove(ticket{2}));
  CHECK_FALSE(table.applied(at(1, 1)));
  CHECK(table.expired(wall(100)) == tickets{ticket{1}});
}
