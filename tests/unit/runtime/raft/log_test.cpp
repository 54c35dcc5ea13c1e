#include "runtime/raft/config.hpp"
#include "runtime/raft/log.hpp"

#include <catch2/catch.hpp>

namespace troupe::raft {

namespace {

entry at(std::uint64_t index, std::uint64_t term) {
  return {{log_index{index}, raft::term{term}},
          entry_kind::command,
          make_shared_bytes("xy")};
}

/// A log with one entry per term given, after `start`.
raft_log make_log(std::vector<std::uint64_t> terms, log_position start = {}) {
  std::vector<entry> entries;
  for (std::size_t i = 0; i < terms.size(); ++i)
    entries.push_back(at(start.index.value() + i + 1, terms[i]));
  return {start, std::move(entries)};
}

log_position position(std::uint64_t index, std::uint64_t term) {
  return {log_index{index}, raft::term{term}};
}

} // namespace

TEST_CASE("a refusal backs up to where two logs may agree", "[raft]") {
  struct row {
    std::vector<std::uint64_t> terms;
    log_position asked;
    log_position want;
  };
  const row rows[] = {
      {{}, position(5, 3), position(0, 0)},
      {{1, 1, 1}, position(9, 3), position(3, 1)},
      {{1, 1, 4, 4}, position(4, 3), position(2, 1)},
      {{1, 2, 3}, position(2, 1), position(1, 1)},
      {{2, 2}, position(2, 1), position(0, 0)},
  };
  for (const auto& r : rows)
    CHECK(make_log(r.terms).last_agreement(r.asked) == r.want);
}

TEST_CASE("an append drops own entries only where they differ", "[raft]") {
  struct row {
    std::vector<entry> entries;
    std::optional<log_index> dropped;
    log_position last;
  };
  const row rows[] = {
      {{at(2, 1)}, std::nullopt, position(4, 2)},
      {{at(3, 2), at(4, 2), at(5, 3)}, std::nullopt, position(5, 3)},
      {{at(4, 3)}, log_index{4}, position(4, 3)},
      {{at(2, 1), at(3, 3)}, log_index{3}, position(3, 3)},
  };
  for (const auto& r : rows) {
    auto log = make_log({1, 1, 2, 2});
    CHECK(log.merge(r.entries) == r.dropped);
    CHECK(log.last() == r.last);
  }
}

TEST_CASE("the more up to date log has the later last term", "[raft]") {
  const auto log = make_log({1, 1, 2});
  CHECK(log.is_up_to_date(position(3, 2)));
  CHECK(log.is_up_to_date(position(1, 3)));
  CHECK_FALSE(log.is_up_to_date(position(2, 2)));
  CHECK_FALSE(log.is_up_to_date(position(9, 1)));
}

TEST_CASE("recovery keeps what follows the snapshot", "[raft]") {
  const std::vector<entry> disk{at(1, 1), at(2, 1), at(3, 2)};
  CHECK(raft_log{position(2, 1), disk}.last() == position(3, 2));
  CHECK(raft_log{position(2, 3), disk}.last() == position(2, 3));
  CHECK(raft_log{position(7, 3), disk}.last() == position(7, 3));
}

TEST_CASE("slices are bounded and never empty before the end", "[raft]") {
  const auto log = make_log({1, 1, 1, 1});
  CHECK(log.slice(log_index{1}, 3, 100).size() == 3);
  CHECK(log.slice(log_index{1}, 10, 5).size() == 2);
  CHECK(log.slice(log_index{1}, 10, 0).size() == 1);
  CHECK(log.slice(log_index{5}, 10, 100).empty());
}

TEST_CASE("compaction keeps the place where it ended", "[raft]") {
  auto log = make_log({1, 1, 2, 2});
  log.commit_to(log_index{3});
  log.compact(log_index{3});
  CHECK(log.start() == position(3, 2));
  CHECK(log.holds(position(3, 2)));
  CHECK_FALSE(log.term_at(log_index{2}));
  CHECK(log.size() == 1);
}

TEST_CASE("a config says which field is wrong", "[raft]") {
  const member_id a{"a"};
  config good{group_id{1}, a, {a}};
  CHECK(validate(good));
  const auto refused = [&](auto change, const char* what) {
    auto c = good;
    change(c);
    const auto r = validate(c);
    REQUIRE_FALSE(r);
    CHECK(r.error().message == std::string{"raft config: "} + what);
  };
  refused([](config& c) { c.voters = {}; }, "voters is empty");
  refused([&](config& c) { c.voters = {a, a}; }, "voters names a member twice");
  refused([](config& c) { c.self = member_id{"b"}; },
          "self is not among the voters");
  refused([](config& c) { c.heartbeat_ticks = 5; },
          "election_timeout_ticks is not above 2 heartbeat_ticks");
}

} // namespace troupe::raft
