#pragma once

#include "tests/unit/actors/state/replica_harness.hpp"

#include <deque>
#include <functional>
#include <set>

namespace troupe::test {

/// Three replicas on simulated disks; every message through its codec, in
/// order and at once, unless a test says otherwise.
class replica_cluster {
public:
  struct member {
    std::string name;
    std::unique_ptr<sim_disk> disk = std::make_unique<sim_disk>();
    std::unique_ptr<state::replica> replica; ///< null: down
    std::map<std::uint64_t, store::propose_outcome> outcomes;
    std::map<std::uint64_t, store::barrier_outcome> barriers;
    std::vector<store::event> events;
    std::size_t snapshots_restored = 0;
  };

  explicit replica_cluster(
      std::function<void(state::state_config&)> adjust = {})
      : adjust_(std::move(adjust)) {
    for (const char* name : {"s1", "s2", "s3"}) {
      members_.emplace_back().name = name;
      start(members_.back());
    }
  }

  member& operator[](std::size_t i) { return members_[i]; }

  /// Messages for which this says false are lost.
  std::function<bool(const state::replica_message&)> passes;

  wall_time wall() const { return wall_; }
  mono_time mono() const { return mono_; }

  void start(member& m) {
    auto config = sole_voter_config();
    config.raft.self = raft::member_id{m.name};
    config.raft.voters = {raft::member_id{"s1"}, raft::member_id{"s2"},
                          raft::member_id{"s3"}};
    config.raft.seed = ++seed_;
    if (adjust_)
      adjust_(config);
    std::vector<std::string> findings;
    auto opened = state::replica::open(*m.disk, {config, log_of(m)}, findings);
    TROUPE_CHECK(opened.has_value(), "a replica opens");
    m.replica = std::move(*opened);
  }

  /// Its memory is gone, and what was not synced.
  void crash(member& m) {
    m.replica.reset();
    m.disk->restart(sim_disk::keep_nothing());
  }

  void run(member& m, std::vector<state::input> inputs) {
    if (!m.replica)
      return;
    const auto sink = [&](state::replica_effect what) { note(m, what); };
    do {
      must(m.replica->step(inputs, sink));
      while (m.replica->wants_sync()) {
        auto moved = m.replica->sync(sink);
        if (!moved)
          throw std::runtime_error{moved.error().message};
        TROUPE_CHECK(*moved, "a good disk has room");
      }
      inputs = std::exchange(later_, {});
    } while (!inputs.empty());
  }

  /// Lets `ticks` ticks pass, and all messages arrive.
  void tick(unsigned ticks = 1) {
    for (unsigned i = 0; i < ticks; ++i) {
      wall_ += std::chrono::milliseconds{100};
      mono_ += std::chrono::milliseconds{100};
      for (auto& m : members_)
        run(m, {state::time_passed{wall_, mono_}});
      deliver();
    }
  }

  void deliver() {
    while (!under_way_.empty()) {
      const auto octets = std::move(under_way_.front());
      under_way_.pop_front();
      auto message = state::decode_replica_message(octets);
      TROUPE_CHECK(message.has_value(), "what was sent can be read");
      const auto to = state::receiver_of(*message);
      for (auto& m : members_)
        if (m.name == to.value())
          run(m, {state::replica::input_of(*message)});
    }
  }

  /// The leader of the newest term among those that run; null: none.
  member* leader() {
    member* out = nullptr;
    for (auto& m : members_)
      if (m.replica && m.replica->core().raft().role() == raft::role::leader
          && (!out
              || out->replica->core().raft().term()
                     < m.replica->core().raft().term()))
        out = &m;
    return out;
  }

  /// Ticks until there is a leader that every running replica knows.
  member& wait_for_leader() {
    for (int i = 0; i < 200; ++i) {
      tick();
      auto* found = leader();
      if (!found)
        continue;
      bool known = true;
      for (auto& m : members_)
        known =
            known
            && (!m.replica
                || m.replica->core().raft().leader().value() == found->name);
      if (known)
        return *found;
    }
    throw std::runtime_error{"no leader"};
  }

  member& other_than(const member& one) {
    return one.name == "s1" ? members_[1] : members_[0];
  }

private:
  static wal::config log_of(const member& m) {
    auto out = small_log_config();
    out.self.member = raft::member_id{m.name};
    return out;
  }

  static void must(const status_result& done) {
    if (!done)
      throw std::runtime_error{done.error().message};
  }

  void note(member& m, state::replica_effect& what) {
    if (auto* e = std::get_if<state::send_message>(&what)) {
      if (!passes || passes(e->message))
        under_way_.push_back(state::encode(e->message));
    } else if (auto* e = std::get_if<state::answer_proposal>(&what)) {
      m.outcomes.emplace(e->tag.value(), e->outcome);
    } else if (auto* e = std::get_if<state::answer_barrier>(&what)) {
      m.barriers.emplace(e->tag.value(), e->outcome);
    } else if (auto* e = std::get_if<state::publish>(&what)) {
      m.events.insert(m.events.end(), e->events.begin(), e->events.end());
      m.snapshots_restored += e->events.empty() ? 1 : 0;
    } else if (auto* e = std::get_if<state::save_snapshot>(&what)) {
      const auto written = state::write_store_snapshot(
          *m.disk, log_of(m), raft::group_id{1}, e->at, *e->view);
      later_.push_back(state::snapshot_saved{e->at, written.has_value()});
    }
  }

  std::function<void(state::state_config&)> adjust_;
  std::deque<member> members_;
  std::deque<bytes> under_way_;
  std::vector<state::input> later_;
  std::uint64_t seed_ = 0;
  wall_time wall_{std::chrono::seconds{1'800'000'000}};
  mono_time mono_{std::chrono::seconds{1}};
};

} // namespace troupe::test
