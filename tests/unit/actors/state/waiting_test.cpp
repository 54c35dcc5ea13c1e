#include "actors/state/waiting.hpp"

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

mono_time mono(int s) {
  return mono_time{std::chrono::seconds{s}};
}

using tickets = std::vector<ticket>;

} // namespace

TEST_CASE("the proposal whose term is applied wins, others at its index lost") {
  proposals_in_flight waiting;
  for (std::uint64_t n = 1; n <= 3; ++n)
    waiting.add(ticket{n}, wall(10));
  waiting.placed(ticket{1}, at(5, 1));
  waiting.placed(ticket{2}, at(5, 2));
  waiting.placed(ticket{3}, at(6, 2));
  const auto settled = waiting.applied(at(5, 2));
  CHECK(settled.won == ticket{2});
  CHECK(settled.lost == tickets{ticket{1}});
  CHECK(waiting.size() == 1);
  CHECK_FALSE(waiting.applied(at(5, 2)).won);
}

TEST_CASE("proposals expire in the order of their deadlines, once") {
  proposals_in_flight waiting;
  waiting.add(ticket{1}, wall(10));
  waiting.add(ticket{2}, wall(5));
  waiting.placed(ticket{2}, at(1, 1));
  CHECK(waiting.expired(wall(5)).empty());
  CHECK(waiting.expired(wall(6)) == tickets{ticket{2}});
  CHECK_FALSE(waiting.applied(at(1, 1)).won);
  CHECK(waiting.expired(wall(100)) == tickets{ticket{1}});
  CHECK(waiting.size() == 0);
}

TEST_CASE("a read waits for its confirmation and for the index") {
  barriers_waiting waiting;
  waiting.add_read(ticket{1}, mono(10));
  CHECK(waiting.reached(raft::log_index{100}, store::revision{100}).empty());
  waiting.confirmed(ticket{1}, raft::log_index{7});
  CHECK(waiting.reached(raft::log_index{6}, store::revision{100}).empty());
  CHECK(waiting.reached(raft::log_index{7}, store::revision{0})
        == tickets{ticket{1}});
  CHECK(waiting.size() == 0);
}

TEST_CASE("a wait for a revision ends when it is applied, or in time") {
  barriers_waiting waiting;
  waiting.add_revision(ticket{1}, store::revision{9}, mono(10));
  waiting.add_revision(ticket{2}, store::revision{11}, mono(10));
  CHECK(waiting.reached(raft::log_index{1}, store::revision{10})
        == tickets{ticket{1}});
  CHECK(waiting.expired(mono(11)) == tickets{ticket{2}});
  CHECK(waiting.reached(raft::log_index{1}, store::revision{20}).empty());
}
