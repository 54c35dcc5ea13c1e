#include "runtime/base/prng.hpp"
#include "runtime/store/store_image.hpp"
#include "tests/unit/actors/state/replica_harness.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

/// One life of a replica: random writes until the power fails somewhere.
/// Returns the value of each key as its last acknowledged write left it, and
/// what was proposed after that without an answer.
struct life {
  std::map<std::string, std::string> acknowledged;
  std::map<std::string, std::vector<std::string>> unanswered;
};

void live(replica_harness& r, prng& random, std::uint64_t& next, life& all) {
  while (r.alive()) {
    std::vector<state::input> batch;
    std::map<std::uint64_t, std::pair<std::string, std::string>> sent;
    const auto size = 1 + random.below(5);
    for (std::uint64_t i = 0; i < size; ++i) {
      const auto tag = ++next;
      const auto key = "key" + std::to_string(random.below(20));
      const auto value = "value " + std::to_string(tag)
                         + std::string(random.below(3'000), 'x');
      sent.emplace(tag, std::pair{key, value});
      batch.push_back(state::propose_command{
          state::ticket{tag}, put_proposal(tag, key, value, r.wall() + 60s)});
    }
    r.outcomes.clear();
    r.run(std::move(batch));
    for (auto& [tag, write] : sent) {
      const auto outcome = r.outcomes.find(tag);
      if (outcome != r.outcomes.end()
          && std::holds_alternative<store::committed>(outcome->second)) {
        all.acknowledged[write.first] = write.second;
        all.unanswered[write.first].clear();
      } else {
        all.unanswered[write.first].push_back(write.second);
      }
    }
    if (random.chance(5))
      r.tick(100ms);
  }
}

/// Each key holds its last acknowledged value, or one proposed later whose
/// answer the crash ate.
void check_nothing_lost(replica_harness& r, life& all) {
  for (auto& [key, value] : all.acknowledged) {
    const auto stored = r.core().view()->get(key);
    INFO(key);
    REQUIRE(stored);
    const auto& later = all.unanswered[key];
    const bool newer =
        std::find(later.begin(), later.end(), *stored->value) != later.end();
    CHECK((*stored->value == value || newer));
    if (newer)
      value = *stored->value;
    all.unanswered[key].clear();
  }
}

} // namespace

TEST_CASE("no acknowledged write is lost by power cuts, whatever the disk kept "
          "of the rest") {
  std::size_t snapshots = 0;
  std::size_t unfinished = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    INFO("seed " << seed);
    prng random{seed};
    auto config = sole_voter_config();
    config.snapshot_entries = 40;
    config.raft.kept_entries = 5;
    auto disk = std::make_unique<sim_disk>();
    life all;
    std::uint64_t next = 0;
    for (int crash = 0; crash < 8; ++crash) {
      auto after = disk->beside();
      disk->power_off_at(disk->changes() + 10 + random.below(150));
      replica_harness r{std::move(disk), config};
      if (r.alive()) {
        check_nothing_lost(r, all);
        unfinished += r.findings().size();
        live(r, random, next, all);
      }
      snapshots += r.snapshots;
      after->restart(sim_disk::keep_seeded(random.next()));
      disk = std::move(after);
    }
    replica_harness r{std::move(disk), config};
    REQUIRE(r.alive());
    check_nothing_lost(r, all);
    REQUIRE_FALSE(all.acknowledged.empty());
  }
  // The rare things happened.
  CHECK(snapshots > 10);
  CHECK(unfinished > 3);
}

TEST_CASE("a restarted replica is the replica it was, event for event") {
  auto disk = std::make_unique<sim_disk>();
  auto again = disk->beside();
  std::vector<store::revision> told;
  std::uint64_t hash = 0;
  {
    replica_harness r{std::move(disk)};
    for (std::uint64_t n = 1; n <= 20; ++n)
      r.run({state::propose_command{
          state::ticket{n}, put_proposal(n, "k" + std::to_string(n % 7),
                                         std::to_string(n), r.wall() + 9s)}});
    for (const auto& event : r.events)
      told.push_back(event.now->modified);
    hash = store::state_hash(*r.core().view());
    r.disk().restart(sim_disk::keep_nothing());
  }
  replica_harness r{std::move(again)};
  REQUIRE(r.alive());
  std::vector<store::revision> replayed;
  for (const auto& event : r.events)
    replayed.push_back(event.now->modified);
  CHECK(replayed == told);
  CHECK(store::state_hash(*r.core().view()) == hash);
}

TEST_CASE("a proposal repeated after a restart finds its first outcome") {
  auto disk = std::make_unique<sim_disk>();
  auto again = disk->beside();
  const auto proposal = [](replica_harness& r) {
    return put_proposal(77, "a", "once", r.wall() + 9s);
  };
  {
    replica_harness r{std::move(disk)};
    r.run(
        {state::propose_command{state::ticket{1}, proposal(r)},
         state::propose_command{state::ticket{2},
                                put_proposal(78, "a", "then", r.wall() + 9s)}});
    r.disk().restart(sim_disk::keep_nothing());
  }
  replica_harness r{std::move(again)};
  r.run({state::propose_command{state::ticket{3}, proposal(r)}});
  REQUIRE(std::holds_alternative<store::committed>(r.outcomes.at(3)));
  CHECK(std::get<store::committed>(r.outcomes.at(3)).ops.at(0).at
        == store::revision{1});
  CHECK(*r.core().view()->get("a")->value == "then");
}

TEST_CASE("damage that may have cost an acknowledged write stops the replica") {
  auto disk = std::make_unique<sim_disk>();
  auto again = disk->beside();
  std::string segment;
  {
    replica_harness r{std::move(disk)};
    for (std::uint64_t n = 1; n <= 5; ++n)
      r.run({state::propose_command{
          state::ticket{n},
          put_proposal(n, "a", std::string(2'000, 'x'), r.wall() + 9s)}});
    for (const auto& name : *r.disk().list())
      if (name.starts_with("wal-"))
        segment = name;
    r.disk().restart(sim_disk::keep_nothing());
  }
  // In the middle of the log: what follows is intact.
  again->flip_bit(segment, 4096 + 4096 + 100, 3);
  replica_harness r{std::move(again)};
  REQUIRE_FALSE(r.alive());
  CHECK(r.failure().code == errc::corrupt);
  CHECK(r.failure().message.find(segment) != std::string::npos);
}
