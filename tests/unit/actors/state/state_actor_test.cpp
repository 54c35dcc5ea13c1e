#include "actors/state/state_actor.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/caf/supervisor_actor.hpp"
#include "runtime/caf/system_config.hpp"
#include "tests/support/sim_disk.hpp"

#include <caf/actor_system.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <set>

using namespace troupe;
using namespace troupe::state;
using namespace std::chrono_literals;

namespace {

struct fixture {
  sim_disk disk;
  actors::system_config config;
  caf::actor_system system{config};
  std::shared_ptr<state_handle> handle =
      std::make_shared<state_handle>(std::make_shared<actors::door<call>>(
          "/server/s1/state/main", "state", 4096));
  std::promise<error> fatal;
  std::atomic<bool> failed = false;
  caf::actor root;

  fixture() {
    state_actor_config settings;
    settings.replica.core.raft.group = raft::group_id{1};
    settings.replica.core.raft.self = raft::member_id{"s1"};
    settings.replica.core.raft.voters = {raft::member_id{"s1"}};
    settings.replica.log.self = {"cluster-1", raft::member_id{"s1"}};
    settings.replica.log.segment_octets = 256 * 1024;
    settings.replica.log.batch_octets_max = 64 * 1024;
    settings.tick = 10ms;
    settings.open_disk = [this]() -> result<std::unique_ptr<disk_port>> {
      return std::unique_ptr<disk_port>{disk.beside()};
    };
    // The process would be over; here it goes on, and may fail again.
    settings.fatal = [this](const error& why) {
      if (!failed.exchange(true))
        fatal.set_value(why);
    };
    actors::supervisor_config tree;
    tree.policy.restarts_max = 1000;
    tree.children.push_back(
        {handle->entrance(),
         [this, settings](caf::event_based_actor& parent) -> caf::actor {
           return parent.system().spawn<state_actor, caf::detached>(handle,
                                                                    settings);
         }});
    root = system.spawn(actors::supervisor, std::move(tree));
  }

  ~fixture() {
    caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
    system.await_all_actors_done();
  }

  store::proposal put(std::uint64_t n) {
    store::proposal out;
    std::array<std::uint8_t, 16> id{};
    for (int i = 0; i < 8; ++i)
      id[i] = static_cast<std::uint8_t>(n >> (8 * i));
    out.id = store::proposal_id{id};
    out.deadline = wall_now() + 20s;
    out.guards = {store::key_absent{"k" + std::to_string(n)}};
    out.ops = {store::put{"k" + std::to_string(n), make_shared_bytes("v"), {}}};
    return out;
  }

  store::propose_outcome propose(store::proposal what) {
    auto heard = std::make_shared<std::promise<store::propose_outcome>>();
    auto outcome = heard->get_future();
    handle->propose(std::move(what), [heard](store::propose_outcome o) {
      heard->set_value(std::move(o));
    });
    REQUIRE(outcome.wait_for(20s) == std::future_status::ready);
    return outcome.get();
  }

  /// Retries with the same proposal, as every proposer does.
  void write(std::uint64_t n) {
    const auto deadline = mono_now() + 20s;
    while (mono_now() < deadline)
      if (std::holds_alternative<store::committed>(propose(put(n))))
        return;
    FAIL("write " << n << " was never committed");
  }
};

} // namespace

TEST_CASE("a killed replica comes back from disk: nothing lost, nothing twice, "
          "and its subscribers hear each write once") {
  fixture f;
  std::mutex mutex;
  std::vector<std::uint64_t> heard;
  auto [before, subscription] = f.handle->subscribe([&](const auto& batch) {
    std::lock_guard guard{mutex};
    for (const auto& event : batch.events)
      heard.push_back(event.now->modified.value());
  });
  CHECK(before->applied() == store::revision{0});
  for (std::uint64_t n = 1; n <= 60; ++n) {
    if (n % 10 == 0)
      if (auto actor = f.handle->entrance()->current())
        caf::anon_send_exit(actor, caf::exit_reason::kill);
    f.write(n);
    CHECK(f.handle->current()->applied() == store::revision{n});
  }
  CHECK(f.handle->entrance()->report(mono_now()).restarts >= 5);
  std::lock_guard guard{mutex};
  std::vector<std::uint64_t> want;
  for (std::uint64_t n = 1; n <= 60; ++n)
    want.push_back(n);
  CHECK(heard == want);
}

TEST_CASE("a read is answered after a restart too") {
  fixture f;
  f.write(1);
  caf::anon_send_exit(f.handle->entrance()->current(), caf::exit_reason::kill);
  auto outcome = store::barrier_outcome::unavailable;
  const auto deadline = mono_now() + 20s;
  while (outcome != store::barrier_outcome::reached && mono_now() < deadline) {
    std::promise<store::barrier_outcome> heard;
    f.handle->read_index(mono_now() + 5s,
                         [&](store::barrier_outcome o) { heard.set_value(o); });
    outcome = heard.get_future().get();
  }
  CHECK(outcome == store::barrier_outcome::reached);
  CHECK(f.handle->current()->get("k1") != nullptr);
}

TEST_CASE("a failed sync is fatal, and is not acknowledged") {
  fixture f;
  f.write(1);
  f.disk.fail_next(sim_disk::operation::sync, "wal-", errc::io_error);
  std::promise<store::propose_outcome> heard;
  auto outcome = heard.get_future();
  f.handle->propose(f.put(2), [&](store::propose_outcome o) {
    heard.set_value(std::move(o));
  });
  auto why = f.fatal.get_future();
  REQUIRE(why.wait_for(20s) == std::future_status::ready);
  CHECK(why.get().code == errc::io_error);
  CHECK(outcome.wait_for(0s) == std::future_status::timeout);
  caf::anon_send_exit(f.root, caf::exit_reason::user_shutdown);
  f.system.await_all_actors_done();
  CHECK(std::holds_alternative<store::outcome_unknown>(outcome.get()));
}

TEST_CASE("subscribers hear of what came from a snapshot, too") {
  state_handle handle{std::make_shared<actors::door<call>>(
      "/server/s1/state/main", "state", 16)};
  store::store_fsm fsm;
  const auto write = [&](std::uint8_t n) {
    std::array<std::uint8_t, 16> id{n};
    return fsm.apply(store::proposal{
        store::proposal_id{id},
        {},
        {},
        {},
        {store::put{"k" + std::to_string(n), make_shared_bytes("v"), {}}}});
  };
  std::vector<bool> heard;
  const auto subscription =
      handle
          .subscribe([&](const auto& batch) { heard.push_back(batch.jumped); })
          .second;
  write(1);
  write(2);
  handle.publish({fsm.snapshot(), {}});
  CHECK(heard == std::vector{true});
  handle.publish({fsm.snapshot(), {}});
  CHECK(heard.size() == 1);
  auto third = write(3);
  handle.publish({fsm.snapshot(), std::move(third.events)});
  CHECK(heard == std::vector{true, false});
  write(4);
  auto fifth = write(5);
  handle.publish({fsm.snapshot(), std::move(fifth.events)});
  CHECK(heard == std::vector{true, false, true});
}
