#include "runtime/store/store_image.hpp"
#include "tests/unit/actors/state/replica_harness.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<sim_disk> fresh_disk() {
  return std::make_unique<sim_disk>();
}

state::propose_command command(replica_harness& r, std::uint64_t tag,
                               const std::string& key,
                               const std::string& value) {
  return {state::ticket{tag}, put_proposal(tag, key, value, r.wall() + 10s)};
}

bool is_committed(const store::propose_outcome& outcome) {
  return std::holds_alternative<store::committed>(outcome);
}

} // namespace

TEST_CASE("a sole voter leads at once, and answers what it committed") {
  replica_harness r{fresh_disk()};
  REQUIRE(r.alive());
  CHECK(r.core().raft().role() == raft::role::leader);
  r.run({command(r, 1, "a", "x"), command(r, 2, "b", "y")});
  REQUIRE(is_committed(r.outcomes.at(1)));
  REQUIRE(is_committed(r.outcomes.at(2)));
  CHECK(std::get<store::committed>(r.outcomes.at(2)).ops.at(0).at
        == store::revision{2});
  CHECK(*r.core().view()->get("a")->value == "x");
  CHECK(r.events.size() == 2);
}

TEST_CASE("a batch of proposals costs one sync") {
  replica_harness r{fresh_disk()};
  std::vector<state::input> batch;
  for (std::uint64_t n = 1; n <= 50; ++n)
    batch.push_back(command(r, n, "k" + std::to_string(n), "v"));
  const auto before = r.disk().changes();
  r.run(std::move(batch));
  CHECK(r.outcomes.size() == 50);
  // One write and one sync.
  CHECK(r.disk().changes() - before == 2);
}

TEST_CASE("proposals past their deadline, past the bound or the quota are "
          "refused before the log") {
  auto config = sole_voter_config();
  config.proposals_max = 2;
  config.quota_bytes = 10'000;
  replica_harness r{fresh_disk(), config};
  r.run({state::propose_command{state::ticket{1},
                                put_proposal(1, "a", "x", r.wall() - 1s)}});
  CHECK(std::holds_alternative<store::proposal_expired>(r.outcomes.at(1)));
  r.run({command(r, 2, "a", "x"), command(r, 3, "b", "x"),
         command(r, 4, "c", "x")});
  CHECK(is_committed(r.outcomes.at(3)));
  CHECK(std::holds_alternative<store::overloaded>(r.outcomes.at(4)));
  r.run({command(r, 5, "big", std::string(10'000, 'x'))});
  CHECK(std::get<store::overloaded>(r.outcomes.at(5)).reason
        == "the store is full");
  store::proposal erase = put_proposal(6, "a", "", r.wall() + 10s);
  erase.ops = {store::erase{"a"}};
  r.run({state::propose_command{state::ticket{6}, erase}});
  CHECK(is_committed(r.outcomes.at(6)));
}

TEST_CASE("a full disk holds answers back until space returns") {
  replica_harness r{fresh_disk()};
  r.run({command(r, 1, "a", "x")});
  REQUIRE(is_committed(r.outcomes.at(1)));
  r.disk().set_capacity(300 * 1024);
  for (std::uint64_t n = 2; n < 12; ++n)
    r.run({command(r, n, "k" + std::to_string(n), std::string(30'000, 'x'))});
  REQUIRE(r.alive());
  const auto heard = r.outcomes.size();
  REQUIRE(heard < 11);
  // Reads go on, and time passes.
  CHECK(*r.core().view()->get("a")->value == "x");
  r.disk().set_capacity(std::uint64_t{1} << 30);
  r.tick(100ms);
  r.tick(100ms);
  CHECK(r.outcomes.size() == 11);
  for (const auto& [tag, outcome] : r.outcomes)
    CHECK(is_committed(outcome));
}

TEST_CASE("an outcome that does not come in time is unknown, and stays so") {
  replica_harness r{fresh_disk()};
  r.disk().set_capacity(300 * 1024);
  std::uint64_t n = 0;
  do {
    ++n;
    r.run({command(r, n, "k" + std::to_string(n), std::string(30'000, 'x'))});
  } while (r.outcomes.contains(n) && n < 100);
  REQUIRE_FALSE(r.outcomes.contains(n));
  r.tick(11s);
  CHECK(std::holds_alternative<store::outcome_unknown>(r.outcomes.at(n)));
  r.disk().set_capacity(std::uint64_t{1} << 30);
  r.tick(100ms);
  CHECK(r.outcomes.size() == n);
  CHECK(r.core().view()->get("k" + std::to_string(n)) != nullptr);
}

TEST_CASE("reads and waits are answered when they are true, or in time") {
  replica_harness r{fresh_disk()};
  r.run({command(r, 1, "a", "x"),
         state::read_barrier{state::ticket{2}, r.mono() + 5s},
         state::wait_revision{state::ticket{3}, store::revision{1},
                              r.mono() + 5s},
         state::wait_revision{state::ticket{4}, store::revision{2},
                              r.mono() + 5s}});
  CHECK(r.barriers.at(2) == store::barrier_outcome::reached);
  CHECK(r.barriers.at(3) == store::barrier_outcome::reached);
  CHECK_FALSE(r.barriers.contains(4));
  r.tick(6s);
  CHECK(r.barriers.at(4) == store::barrier_outcome::timed_out);
}

TEST_CASE("the leader compacts to where the store stood an interval ago") {
  auto config = sole_voter_config();
  replica_harness r{fresh_disk(), config};
  r.run({command(r, 1, "a", "1")});
  r.tick(config.compaction_interval + 1s);
  CHECK(r.core().store().compacted() == store::revision{0});
  r.run({command(r, 2, "a", "2")});
  r.tick(config.compaction_interval + 1s);
  CHECK(r.core().store().compacted() == store::revision{1});
}

TEST_CASE("snapshots let the log go, and a restart continues from them") {
  auto config = sole_voter_config();
  config.snapshot_entries = 100;
  config.raft.kept_entries = 10;
  auto disk = fresh_disk();
  auto again = disk->beside();
  std::uint64_t hash = 0;
  {
    replica_harness r{std::move(disk), config};
    for (std::uint64_t n = 1; n <= 1'050; ++n)
      r.run({command(r, n, "k" + std::to_string(n % 50),
                     std::string(1'000, 'v') + std::to_string(n))});
    CHECK(r.snapshots == 10);
    CHECK(r.core().raft().log().size() < 200);
    hash = store::state_hash(*r.core().view());
    // The log's first segments are gone: it holds far less than was written.
    CHECK(r.disk().list()->size() < 8);
    r.disk().restart(sim_disk::keep_nothing());
  }
  replica_harness r{std::move(again), config};
  REQUIRE(r.alive());
  CHECK(store::state_hash(*r.core().view()) == hash);
  CHECK(r.core().store().applied() == store::revision{1'050});
}

TEST_CASE("a snapshot that cannot be written costs nothing but the log") {
  auto config = sole_voter_config();
  config.snapshot_entries = 10;
  replica_harness r{fresh_disk(), config};
  r.write_snapshots = false;
  for (std::uint64_t n = 1; n <= 35; ++n)
    r.run({command(r, n, "k", std::to_string(n))});
  CHECK(r.snapshots == 3);
  CHECK(r.outcomes.size() == 35);
}

TEST_CASE("a replica refuses another's files") {
  auto disk = fresh_disk();
  auto again = disk->beside();
  { replica_harness r{std::move(disk)}; }
  auto config = small_log_config();
  config.self.member = raft::member_id{"s2"};
  state::recovered_replica found;
  const auto opened = state::replica_storage::open(
      *again, config, raft::group_id{1}, true, found);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == errc::conflict);
}

TEST_CASE("a fence is raised through the log, and only upwards") {
  replica_harness r{fresh_disk()};
  const auto raise = [&](std::uint64_t tag, std::uint64_t epoch, duration in) {
    r.run({state::raise_command{
        state::ticket{tag}, {"lease", store::revision{epoch}}, r.wall() + in}});
    return r.outcomes.at(tag);
  };
  CHECK(is_committed(raise(1, 5, 10s)));
  CHECK(r.core().view()->fence("lease") == store::revision{5});
  CHECK(raise(2, 4, 10s)
        == store::propose_outcome{store::fenced_off{store::revision{5}}});
  CHECK(is_committed(raise(3, 5, 10s)));
  CHECK(raise(4, 9, -1s) == store::propose_outcome{store::proposal_expired{}});
  auto late = put_proposal(5, "a", "x", r.wall() + 10s);
  late.fence = store::fence{"lease", store::revision{4}};
  r.run({state::propose_command{state::ticket{5}, late}});
  CHECK(r.outcomes.at(5)
        == store::propose_outcome{store::fenced_off{store::revision{5}}});
}
