#include "actors/state/state_actor.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/caf/supervisor_actor.hpp"
#include "runtime/caf/system_config.hpp"
#include "tests/support/sim_disk.hpp"

#include <caf/actor_system.hpp>
#include <catch2/catch.hpp>

#include <future>

using namespace troupe;
using namespace troupe::state;
using namespace std::chrono_literals;

namespace {

/// Carries octets between the handles of one process, as `from`.
class local_transport final : public raft_transport_port {
public:
  using handles = std::map<std::string, std::shared_ptr<state_handle>>;

  local_transport(const handles& all, raft::member_id from)
      : all_{all}, from_{std::move(from)} {}

  void send(const raft::member_id& to, bytes message, bool) override {
    all_.at(to.value())->hear(from_, message);
  }

private:
  const handles& all_;
  raft::member_id from_;
};

/// Three state actors, each under a supervisor, with a disk of its own.
struct voters {
  std::map<std::string, sim_disk> disks;
  local_transport::handles handles;
  actors::system_config config;
  caf::actor_system system{config};
  std::vector<caf::actor> roots;

  voters() {
    for (const char* name : {"s1", "s2", "s3"}) {
      disks[name];
      handles[name] =
          std::make_shared<state_handle>(std::make_shared<actors::door<call>>(
              std::string{"/server/"} + name + "/state/main", "state", 4096));
    }
    for (const auto& [name, handle] : handles)
      start(name, handle);
  }

  ~voters() {
    for (auto& root : roots)
      caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
    roots.clear();
    system.await_all_actors_done();
  }

  void start(const std::string& name,
             const std::shared_ptr<state_handle>& handle) {
    const raft::member_id self{name};
    state_actor_config settings;
    settings.replica.core.raft.group = raft::group_id{1};
    settings.replica.core.raft.self = self;
    for (const auto& [each, unused] : handles)
      settings.replica.core.raft.voters.emplace_back(each);
    settings.replica.log.self = {"cluster-1", self};
    settings.replica.log.segment_octets = 256 * 1024;
    settings.replica.log.batch_octets_max = 64 * 1024;
    settings.transport = std::make_shared<local_transport>(handles, self);
    settings.tick = 20ms;
    settings.open_disk = [this, name]() -> result<std::unique_ptr<disk_port>> {
      return std::unique_ptr<disk_port>{disks.at(name).beside()};
    };
    settings.fatal = [](const error& why) { FAIL(why.message); };
    actors::supervisor_config tree;
    tree.policy.restarts_max = 1000;
    tree.children.push_back(
        {handle->entrance(),
         [handle, settings](caf::event_based_actor& parent) -> caf::actor {
           return parent.system().spawn<state_actor, caf::detached>(handle,
                                                                    settings);
         }});
    roots.push_back(system.spawn(actors::supervisor, std::move(tree)));
  }

  /// Tries again under the same id while nobody can say what happened.
  store::propose_outcome write(const std::string& through, std::uint64_t n) {
    const auto deadline = mono_now() + 60s;
    for (;;) {
      auto outcome = try_write(through, n);
      const bool open =
          std::holds_alternative<store::overloaded>(outcome)
          || std::holds_alternative<store::outcome_unknown>(outcome);
      if (!open || mono_now() > deadline)
        return outcome;
    }
  }

  store::propose_outcome try_write(const std::string& through,
                                   std::uint64_t n) {
    store::proposal what;
    std::array<std::uint8_t, 16> id{};
    id[0] = static_cast<std::uint8_t>(n);
    what.id = store::proposal_id{id};
    what.deadline = wall_now() + 60s;
    const auto key = "k" + std::to_string(n);
    what.guards = {store::key_absent{key}};
    what.ops = {store::put{key, make_shared_bytes("v"), {}}};
    auto heard = std::make_shared<std::promise<store::propose_outcome>>();
    auto outcome = heard->get_future();
    handles.at(through)->propose(
        std::move(what), [heard](auto o) { heard->set_value(std::move(o)); });
    REQUIRE(outcome.wait_for(70s) == std::future_status::ready);
    return outcome.get();
  }

  /// A linearizable read, again while the replica is down.
  bool catches_up(state_handle& handle) {
    const auto deadline = mono_now() + 60s;
    while (mono_now() < deadline) {
      auto heard = std::make_shared<std::promise<store::barrier_outcome>>();
      auto outcome = heard->get_future();
      handle.read_index(deadline, [heard](auto o) { heard->set_value(o); });
      if (outcome.wait_for(70s) == std::future_status::ready
          && outcome.get() == store::barrier_outcome::reached)
        return true;
    }
    return false;
  }

  /// The one that leads, once the others know.
  std::string leader() {
    const auto deadline = mono_now() + 60s;
    while (mono_now() < deadline) {
      const auto said = handles.at("s1")->standing().leader.value();
      bool agreed = !said.empty();
      for (const auto& [name, handle] : handles)
        agreed = agreed && handle->standing().leader.value() == said;
      if (agreed)
        return said;
      std::this_thread::yield();
    }
    throw std::runtime_error{"no leader"};
  }
};

bool is_committed(const store::propose_outcome& outcome) {
  return std::holds_alternative<store::committed>(outcome);
}

} // namespace

TEST_CASE("writes through any of three actors are there when answered, and "
          "outlive each of them") {
  voters v;
  std::uint64_t n = 0;
  for (int round = 0; round < 3; ++round)
    for (const auto& [name, handle] : v.handles) {
      CHECK(is_committed(v.write(name, ++n)));
      CHECK(handle->current()->get("k" + std::to_string(n)) != nullptr);
      caf::anon_send_exit(v.handles.at(v.leader())->entrance()->current(),
                          caf::exit_reason::kill);
    }
  for (const auto& [name, handle] : v.handles) {
    REQUIRE(v.catches_up(*handle));
    CHECK(handle->current()->applied() == store::revision{n});
  }
}

TEST_CASE("a leader steps down in favour of another, and a follower need not") {
  voters v;
  const auto first = v.leader();
  for (const auto& [name, handle] : v.handles)
    if (name != first)
      handle->step_down(60s);
  CHECK(v.leader() == first);
  v.handles.at(first)->step_down(60s);
  CHECK(v.handles.at(first)->standing().role != raft::role::leader);
  CHECK(v.leader() != first);
  CHECK(is_committed(v.write(first, 1)));
}

TEST_CASE("what is nobody's message, or another's, is dropped") {
  voters v;
  const auto first = v.leader();
  auto& other = *v.handles.at(first == "s1" ? "s2" : "s1");
  const auto before = other.standing();
  // With its term it would end every leadership.
  const raft::message forged{raft::group_id{1}, raft::term{1000},
                             raft::member_id{first}, before.leader,
                             raft::heartbeat{}};
  other.hear(raft::member_id{"s9"}, encode(replica_message{forged}));
  other.hear(raft::member_id{first}, "nonsense");
  CHECK(is_committed(v.write(first, 1)));
  CHECK(other.standing().term == before.term);
}
