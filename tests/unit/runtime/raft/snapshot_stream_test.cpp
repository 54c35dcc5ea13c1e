#include "tests/unit/runtime/raft/raft_cluster.hpp"

#include <catch2/catch.hpp>

namespace troupe::raft::test {

namespace {

/// a leads, with b; c is down and needs a snapshot.
struct installing_cluster {
  installing_cluster() {
    for (const auto* name : {"a", "b", "c"}) {
      raft::config config{group_id{1},
                          member_id{name},
                          {member_id{"a"}, member_id{"b"}, member_id{"c"}}};
      config.kept_entries = 1;
      cluster.add(config);
    }
    cluster.crash("c");
    for (int i = 0; i < 20; ++i)
      tick_leader();
    for (int i = 0; i < 4; ++i)
      cluster.feed("a", propose{proposal_tag{}, make_shared_bytes("x")});
    settle();
    cluster.snapshot("a");
    cluster.observer = [this](const member_id&, const effect& e) {
      if (const auto* x = std::get_if<send_snapshot_chunk>(&e))
        offered.push_back(std::get<snapshot_chunk>(x->message.body).offset);
    };
    // It lives, and needs what was compacted.
    acknowledge(heartbeat_response{});
  }

  void settle() {
    while (cluster.complete_storage("a") || cluster.complete_storage("b")
           || !cluster.network().empty())
      if (!cluster.network().empty())
        cluster.deliver(0);
  }

  void tick_leader() {
    cluster.feed("a", tick{});
    settle();
  }

  void acknowledge(message_body body) {
    cluster.feed("a",
                 received{{group_id{1}, cluster.at("a").fsm->term(),
                           member_id{"c"}, member_id{"a"}, std::move(body)}});
  }

  raft_cluster cluster;
  std::vector<std::uint64_t> offered;
};

} // namespace

TEST_CASE("a late answer to an earlier stream does not end a snapshot's") {
  installing_cluster c;
  REQUIRE(c.cluster.at("a").fsm->role() == role::leader);
  const auto at = c.cluster.at("a").fsm->snapshot().index;
  c.acknowledge(snapshot_ack{at, 8});
  // Said by c before it died and began anew; it stands at 8.
  c.acknowledge(snapshot_ack{at, 16});
  c.acknowledge(snapshot_ack{at, 8});
  CHECK(c.offered == std::vector<std::uint64_t>{0, 8, 16});
  for (unsigned i = 0; i < raft::config{}.election_timeout_ticks; ++i)
    c.tick_leader();
  CHECK(c.offered == std::vector<std::uint64_t>{0, 8, 16, 8});
}

} // namespace troupe::raft::test
