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
  CHECK(waiting.remove(ticket{2}));
  CHECK(waiting.reached(raft::log_index{1}, store::revision{20}).empty());
}

TEST_CASE("a read that was dropped is asked for again, unless it has gone") {
  barriers_waiting waiting;
  waiting.add_read(ticket{1}, mono(10));
  waiting.add_read(ticket{2}, mono(10));
  waiting.dropped(ticket{1});
  waiting.dropped(ticket{2});
  waiting.dropped(ticket{3});
  waiting.remove(ticket{2});
  CHECK(waiting.was_dropped(ticket{1}));
  CHECK(waiting.take_dropped() == tickets{ticket{1}});
  CHECK_FALSE(waiting.was_dropped(ticket{1}));
  CHECK(waiting.take_dropped().empty());
}
