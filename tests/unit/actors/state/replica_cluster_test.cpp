#include "runtime/store/store_image.hpp"
#include "tests/unit/actors/state/replica_cluster.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

state::propose_command command(const replica_cluster& c, std::uint64_t tag,
                               const std::string& key,
                               const std::string& value) {
  return {state::ticket{tag}, put_proposal(tag, key, value, c.wall() + 20s)};
}

state::propose_command create(const replica_cluster& c, std::uint64_t tag,
                              const std::string& key) {
  auto out = command(c, tag, key, "v");
  out.proposal.guards.push_back(store::key_absent{key});
  return out;
}

template <class T>
bool is(const replica_cluster::member& m, std::uint64_t tag) {
  const auto found = m.outcomes.find(tag);
  return found != m.outcomes.end() && std::holds_alternative<T>(found->second);
}

bool is_committed(const replica_cluster::member& m, std::uint64_t tag) {
  return is<store::committed>(m, tag);
}

std::string value_at(const replica_cluster::member& m, const std::string& key) {
  const auto found = m.replica->core().view()->get(key);
  return found ? *found->value : "";
}

bool is_forward(const state::replica_message& m) {
  return std::holds_alternative<state::forward_request>(m);
}

bool is_forward_answer(const state::replica_message& m) {
  return std::holds_alternative<state::forward_answer>(m);
}

} // namespace

TEST_CASE("a write through any replica is applied there when it is answered") {
  replica_cluster c;
  c.wait_for_leader();
  for (std::uint64_t n = 0; n < 3; ++n) {
    const auto key = "k" + std::to_string(n);
    c.run(c[n], {command(c, n + 1, key, "v")});
    CHECK_FALSE(is_committed(c[n], n + 1));
    c.deliver();
    // A follower applies once the leader tells it what is committed.
    c.tick(2);
    REQUIRE(is_committed(c[n], n + 1));
    CHECK(value_at(c[n], key) == "v");
  }
  c.tick(2);
  const auto hash = store::state_hash(*c[0].replica->core().view());
  CHECK(store::state_hash(*c[1].replica->core().view()) == hash);
  CHECK(store::state_hash(*c[2].replica->core().view()) == hash);
}

TEST_CASE("refusals come back to who asked through a follower") {
  replica_cluster c;
  auto& follower = c.other_than(c.wait_for_leader());
  c.run(follower, {create(c, 1, "a"), create(c, 2, "a")});
  c.deliver();
  c.tick(2);
  CHECK(is_committed(follower, 1));
  REQUIRE(is<store::guard_failed>(follower, 2));
  CHECK(std::get<store::guard_failed>(follower.outcomes.at(2)).standing
        == store::revision{1});
  c.run(follower,
        {state::raise_command{
            state::ticket{3}, {"lease", store::revision{7}}, c.wall() + 5s}});
  c.tick(2);
  CHECK(is_committed(follower, 3));
}

TEST_CASE("writes wait for a leader, and are told there was none") {
  replica_cluster c;
  c.tick();
  c.run(c[0], {command(c, 1, "a", "x")});
  auto late = command(c, 2, "b", "x");
  late.proposal.deadline = c.wall() + 50ms;
  c.run(c[0], {std::move(late)});
  c.tick();
  CHECK(is<store::not_leader>(c[0], 2));
  c.wait_for_leader();
  c.tick(4);
  CHECK(is_committed(c[0], 1));
}

TEST_CASE("a lost forward, and a lost answer, are made good without a second "
          "effect") {
  replica_cluster c;
  auto& follower = c.other_than(c.wait_for_leader());
  SECTION("the request is lost") {
    c.passes = [](const auto& m) { return !is_forward(m); };
  }
  SECTION("the answer is lost") {
    c.passes = [](const auto& m) { return !is_forward_answer(m); };
  }
  c.run(follower, {create(c, 1, "a")});
  c.tick(3);
  CHECK(follower.outcomes.empty());
  c.passes = {};
  c.tick(30);
  CHECK(is_committed(follower, 1));
  CHECK(follower.replica->core().view()->get("a")->modified
        == store::revision{1});
}

TEST_CASE("a write outlives the leader it was sent to") {
  replica_cluster c;
  auto& leader = c.wait_for_leader();
  auto& follower = c.other_than(leader);
  // It reaches the leader and nobody else.
  c.passes = [&](const auto& m) { return is_forward(m); };
  c.run(follower, {create(c, 1, "a")});
  c.deliver();
  c.crash(leader);
  c.passes = {};
  c.wait_for_leader();
  c.tick(4);
  REQUIRE(is_committed(follower, 1));
  c.start(leader);
  c.tick(40);
  CHECK(value_at(leader, "a") == "v");
  CHECK(leader.replica->core().view()->applied() == store::revision{1});
}

TEST_CASE("a deposed leader's own writes go to the next one") {
  replica_cluster c;
  auto& leader = c.wait_for_leader();
  const auto old = leader.name;
  // It hears nobody and nobody hears it, but it does not know yet.
  c.passes = [&](const auto& m) {
    return state::sender_of(m).value() != old
           && state::receiver_of(m).value() != old;
  };
  c.run(leader, {create(c, 1, "a"), create(c, 2, "b")});
  c.tick(40);
  CHECK(leader.outcomes.empty());
  auto& next = *c.leader();
  REQUIRE(next.name != old);
  c.run(next, {create(c, 3, "a")});
  c.tick(2);
  CHECK(is_committed(next, 3));
  c.passes = {};
  c.tick(40);
  // Its first write came too late, its second did not.
  CHECK(is<store::guard_failed>(leader, 1));
  CHECK(is_committed(leader, 2));
}

TEST_CASE("no late copy of a refused write takes effect") {
  replica_cluster c;
  auto& leader = c.wait_for_leader();
  auto& follower = c.other_than(leader);
  c.run(leader, {create(c, 1, "a")});
  c.tick(2);
  std::vector<state::replica_message> copies;
  c.passes = [&](const auto& m) {
    if (is_forward(m))
      copies.push_back(m);
    return true;
  };
  c.run(follower, {create(c, 2, "a")});
  c.tick(2);
  REQUIRE(is<store::guard_failed>(follower, 2));
  // Now its guard would hold.
  store::proposal erase = put_proposal(3, "a", "", c.wall() + 10s);
  erase.ops = {store::erase{"a"}};
  c.run(leader, {state::propose_command{state::ticket{3}, erase}});
  c.tick(2);
  REQUIRE(is_committed(leader, 3));
  REQUIRE(copies.size() == 1);
  SECTION("in the same term") {}
  SECTION("in a later term of the same leader") {
    c.crash(leader);
    c.wait_for_leader();
    c.start(leader);
    c.tick(4);
    // Moves leadership until it is back.
    for (int i = 0; i < 20 && c.leader() != &leader; ++i) {
      auto& now = *c.leader();
      c.run(now, {raft::input{
                     raft::transfer_leadership{raft::member_id{leader.name}}}});
      c.tick(5);
    }
    REQUIRE(c.leader() == &leader);
  }
  c.run(leader, {state::replica::input_of(copies[0])});
  c.tick(4);
  CHECK(value_at(leader, "a").empty());
}

TEST_CASE("a replica that was away is brought up by a snapshot") {
  replica_cluster c{[](state::state_config& config) {
    config.snapshot_entries = 20;
    config.raft.kept_entries = 5;
  }};
  auto& leader = c.wait_for_leader();
  auto& away = c.other_than(leader);
  c.run(away, {create(c, 1, "early")});
  c.tick(2);
  c.crash(away);
  for (std::uint64_t n = 10; n < 200; ++n) {
    c.run(leader, {command(c, n, "k" + std::to_string(n % 50),
                           std::string(20'000, char('a' + n % 26)))});
    c.deliver();
  }
  c.tick(2);
  REQUIRE(leader.replica->core().raft().log().start().index
          > raft::log_index{100});
  c.start(away);
  c.tick(60);
  CHECK(away.replica->core().view()->applied()
        == leader.replica->core().view()->applied());
  CHECK(store::state_hash(*away.replica->core().view())
        == store::state_hash(*leader.replica->core().view()));
  // And it lives on, over a crash too.
  c.run(away, {command(c, 300, "late", "x")});
  c.tick(3);
  REQUIRE(is_committed(away, 300));
  c.crash(away);
  c.start(away);
  c.tick(40);
  CHECK(value_at(away, "late") == "x");
  CHECK(value_at(away, "early") == "v");
}

TEST_CASE("a snapshot that finds no room comes again when there is some") {
  replica_cluster c{[](state::state_config& config) {
    config.snapshot_entries = 20;
    config.raft.kept_entries = 5;
  }};
  auto& leader = c.wait_for_leader();
  auto& away = c.other_than(leader);
  c.crash(away);
  for (std::uint64_t n = 10; n < 100; ++n) {
    c.run(leader, {command(c, n, "k" + std::to_string(n), "v")});
    c.deliver();
  }
  c.start(away);
  std::uint64_t used = 0;
  for (const auto& name : *away.disk->list())
    used += away.disk->content(name).size();
  away.disk->set_capacity(used);
  c.tick(60);
  CHECK(away.replica->core().view()->applied() == store::revision{0});
  away.disk->set_capacity(std::uint64_t{1} << 40);
  c.tick(60);
  CHECK(away.replica->core().view()->applied()
        == leader.replica->core().view()->applied());
}

TEST_CASE("reads wait for a leader, and see what was acknowledged before") {
  replica_cluster c;
  c.tick();
  c.run(c[0], {state::read_barrier{state::ticket{1}, c.mono() + 10s},
               state::read_barrier{state::ticket{2}, c.mono() + 50ms}});
  c.tick();
  CHECK(c[0].barriers.at(2) == store::barrier_outcome::unavailable);
  c.wait_for_leader();
  c.tick(4);
  CHECK(c[0].barriers.at(1) == store::barrier_outcome::reached);
  auto& leader = *c.leader();
  auto& follower = c.other_than(leader);
  c.run(leader, {command(c, 3, "a", "x")});
  c.deliver();
  REQUIRE(is_committed(leader, 3));
  c.run(follower, {state::read_barrier{state::ticket{4}, c.mono() + 5s}});
  c.tick(2);
  REQUIRE(follower.barriers.at(4) == store::barrier_outcome::reached);
  CHECK(value_at(follower, "a") == "x");
}
