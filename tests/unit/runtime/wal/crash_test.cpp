#include "tests/unit/runtime/wal/wal_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace troupe;
using namespace troupe::wal;
using namespace troupe::wal::testing;

namespace {

/// What a run was promised before the power failed.
struct promises {
  std::uint64_t acknowledged = 0; ///< last index whose sync returned
  std::uint64_t attempted = 0;
  std::uint64_t term = 0; ///< last term whose save returned
  std::uint64_t term_attempted = 0;
  std::uint64_t snapshot = 0; ///< last one finished
};

std::size_t size_of(std::uint64_t index) {
  return index % 3 == 0 ? 1100 : 20;
}

entries_record batch(std::uint64_t first, std::uint64_t last) {
  entries_record out{main_group, {}};
  for (auto i = first; i <= last; ++i)
    out.entries.push_back(
        entries(main_group, i, i, size_of(i)).entries.front());
  return out;
}

bool step_commit(write_ahead_log& target, promises& made, std::uint64_t count) {
  const auto first = made.acknowledged + 1;
  made.attempted = made.acknowledged + count;
  if (!target.append({batch(first, made.attempted)}) || !target.sync())
    return false;
  made.acknowledged = made.attempted;
  return true;
}

bool step_vote(write_ahead_log& target, promises& made) {
  made.term_attempted = made.term + 1;
  if (!target.save_hard_state(
          main_group, {raft::term{made.term_attempted}, raft::member_id{"s2"}}))
    return false;
  made.term = made.term_attempted;
  return true;
}

bool step_compact(disk_port& disk, write_ahead_log& target, promises& made) {
  const raft::log_position at{raft::log_index{made.acknowledged},
                              raft::term{1}};
  bool given = false;
  const auto image = [&]() -> result<bytes> {
    return std::exchange(given, true) ? bytes{} : bytes(700, 'i');
  };
  if (!write_snapshot(disk, small_config().self, {main_group, at}, image))
    return false;
  made.snapshot = made.acknowledged;
  return target.append({compact_record{main_group, at}}) && target.sync()
         && target.drop_compacted() && prune_snapshots(disk, main_group, 2);
}

/// A short life of a log; stops at the first failure.
void live(sim_disk& disk, promises& made) {
  auto opened = write_ahead_log::open(disk, small_config());
  if (!opened || !opened->log)
    return;
  auto& target = *opened->log;
  if (!step_vote(target, made) || !step_commit(target, made, 1)
      || !step_commit(target, made, 1) || !step_commit(target, made, 1)
      || !step_vote(target, made) || !step_commit(target, made, 2))
    return;
  if (!step_compact(disk, target, made) || !step_commit(target, made, 1))
    return;
  static_cast<void>(step_compact(disk, target, made));
}

void check_recovered(const recovery& found, const promises& made) {
  REQUIRE((found.verdict == verdict::clean
           || found.verdict == verdict::unfinished_tail));
  const auto last = last_index(found, main_group);
  REQUIRE(last >= made.acknowledged);
  REQUIRE(last <= made.attempted);
  const auto* group = find_group(found, main_group);
  if (group == nullptr) {
    REQUIRE(made.term == 0);
    return;
  }
  REQUIRE(group->hard.term.value() >= made.term);
  REQUIRE(group->hard.term.value() <= made.term_attempted);
  REQUIRE(group->snapshot.index.value() >= made.snapshot);
  auto index = group->snapshot.index.value();
  for (const auto& got : group->entries) {
    ++index;
    REQUIRE(got == batch(index, index).entries.front());
  }
}

/// Opens after a crash, as a sole voter does, and goes on.
void recover_and_continue(sim_disk& disk, promises made) {
  {
    const auto seen = verify(disk, small_config().self);
    REQUIRE(seen);
    check_recovered(*seen, made);
  }
  auto opened = open_log(disk);
  check_recovered(opened.found, made);
  if (opened.log->suspect()) {
    REQUIRE_FALSE(opened.log->append({batch(1, 1)}));
    REQUIRE(sole_voter_may_discard(opened.found.verdict));
    REQUIRE(opened.log->discard_tail(true));
  }
  made.acknowledged = last_index(opened.found, main_group);
  REQUIRE(step_commit(*opened.log, made, 1));
  REQUIRE(step_commit(*opened.log, made, 2));
  opened.log.reset();
  const auto again = open_log(disk);
  REQUIRE(again.found.verdict == verdict::clean);
  REQUIRE(last_index(again.found, main_group) == made.acknowledged);
}

/// Every subset of the pending units while they are few, samples otherwise.
std::vector<sim_disk::keep_unit> subsets(std::size_t units) {
  std::vector<sim_disk::keep_unit> out;
  if (units <= 6) {
    for (std::size_t mask = 0; mask < (1u << units); ++mask)
      out.push_back([mask](std::size_t n) { return (mask >> n & 1) != 0; });
    return out;
  }
  out.push_back(sim_disk::keep_nothing());
  out.push_back(sim_disk::keep_everything());
  for (std::size_t n = 0; n < units; ++n) {
    out.push_back([n](std::size_t i) { return i == n; });
    out.push_back([n](std::size_t i) { return i != n; });
  }
  for (std::uint64_t seed = 1; seed <= 16; ++seed)
    out.push_back(sim_disk::keep_seeded(seed * 1000));
  return out;
}

} // namespace

TEST_CASE("a crash at any change, with any part of it on disk, loses nothing") {
  promises whole;
  sim_disk rehearsal;
  live(rehearsal, whole);
  REQUIRE(whole.acknowledged == 6);
  REQUIRE(whole.snapshot == 6);
  std::size_t crashes = 0;
  for (std::uint64_t at = 0; at < rehearsal.changes(); ++at) {
    promises made;
    sim_disk disk;
    disk.power_off_at(at);
    live(disk, made);
    for (const auto& keep : subsets(disk.pending_units())) {
      auto copy = disk.clone();
      copy->restart(keep);
      INFO("change " << at << ", subset " << crashes);
      recover_and_continue(*copy, made);
      ++crashes;
    }
  }
  CHECK(crashes > 500);
}

TEST_CASE("crashes during recoveries lose nothing either") {
  const auto seed = GENERATE(range(1, 60));
  std::uint64_t random = static_cast<std::uint64_t>(seed) * 7919;
  const auto draw = [&](std::uint64_t below) {
    random = random * 6364136223846793005 + 1442695040888963407;
    return (random >> 33) % below;
  };
  sim_disk disk;
  promises made;
  for (int life = 0; life < 12; ++life) {
    INFO("seed " << seed << ", life " << life);
    disk.power_off_at(disk.changes() + draw(60));
    auto opened = write_ahead_log::open(disk, small_config());
    if (opened) {
      REQUIRE(opened->log);
      check_recovered(opened->found, made);
      made.acknowledged = made.attempted =
          last_index(opened->found, main_group);
      bool alive = !opened->log->suspect() || opened->log->discard_tail(true);
      while (alive) {
        const auto choice = draw(8);
        if (choice == 0)
          alive = step_compact(disk, *opened->log, made);
        else if (choice == 1)
          alive = step_vote(*opened->log, made);
        else
          alive = step_commit(*opened->log, made, 1 + draw(2));
      }
    }
    disk.restart(sim_disk::keep_seeded(draw(1'000'000)));
  }
  recover_and_continue(disk, made);
}

TEST_CASE("a suspicion outlives a crash until it is settled") {
  sim_disk disk;
  promises made;
  auto opened = open_log(disk);
  REQUIRE(step_commit(*opened.log, made, 1));
  disk.power_off_at(disk.changes());
  CHECK_FALSE(step_commit(*opened.log, made, 3));
  opened.log.reset();
  disk.restart([](std::size_t n) { return n != 1; });
  opened = open_log(disk);
  CHECK(opened.found.verdict == verdict::unfinished_tail);
  CHECK(opened.found.damages.front().ranges
        == std::vector<index_range>{
            {main_group, raft::log_index{2}, raft::log_index{4}}});
  REQUIRE(opened.log->discard_tail(false));
  opened.log.reset();
  disk.restart(sim_disk::keep_nothing());
  opened = open_log(disk);
  CHECK(opened.found.verdict == verdict::clean);
  CHECK(opened.found.suspect);
  REQUIRE(step_commit(*opened.log, made, 3));
  REQUIRE(opened.log->settle());
  opened.log.reset();
  CHECK_FALSE(open_log(disk).found.suspect);
}
