#pragma once

#include "actors/state/replica.hpp"
#include "tests/support/sim_disk.hpp"

#include <map>
#include <optional>

namespace troupe::test {

inline state::state_config sole_voter_config() {
  state::state_config config;
  config.raft.group = raft::group_id{1};
  config.raft.self = raft::member_id{"s1"};
  config.raft.voters = {raft::member_id{"s1"}};
  return config;
}

inline wal::config small_log_config() {
  wal::config config;
  config.self = {"cluster-1", raft::member_id{"s1"}};
  config.segment_octets = 256 * 1024;
  config.batch_octets_max = 64 * 1024;
  return config;
}

/// A sole voter on a simulated disk, driven by hand as the actor drives it.
class replica_harness {
public:
  explicit replica_harness(std::unique_ptr<sim_disk> disk,
                           state::state_config config = sole_voter_config())
      : disk_(std::move(disk)), group_(config.raft.group) {
    auto opened = state::replica::open(
        *disk_, {std::move(config), small_log_config()}, findings_);
    if (!opened) {
      failure_ = opened.error();
      return;
    }
    replica_ = std::move(*opened);
    run({});
    tick(std::chrono::milliseconds{100});
  }

  bool alive() const { return !failure_; }
  const error& failure() const { return *failure_; }
  const state::state_core& core() const { return replica_->core(); }
  const std::vector<std::string>& findings() const { return findings_; }
  sim_disk& disk() { return *disk_; }

  /// Outcomes heard so far, by ticket.
  std::map<std::uint64_t, store::propose_outcome> outcomes;
  std::map<std::uint64_t, store::barrier_outcome> barriers;
  std::vector<store::event> events;
  std::size_t snapshots = 0;
  bool write_snapshots = true;

  void tick(duration by) {
    wall_ += by;
    mono_ += by;
    run({state::time_passed{wall_, mono_}});
  }

  wall_time wall() const { return wall_; }
  mono_time mono() const { return mono_; }

  /// Steps with `inputs` until nothing more follows, as the actor does.
  void run(std::vector<state::input> inputs) {
    const auto sink = [this](state::replica_effect what) { note(what); };
    do {
      if (!alive())
        return;
      if (auto done = replica_->step(inputs, sink); !done)
        return fail(done.error());
      while (replica_->wants_sync()) {
        const auto moved = replica_->sync(sink);
        if (!moved)
          return fail(moved.error());
        if (!*moved)
          break;
      }
      inputs = std::exchange(later_, {});
    } while (!inputs.empty());
  }

private:
  void fail(error why) { failure_ = std::move(why); }

  void note(state::replica_effect& what) {
    if (auto* e = std::get_if<state::answer_proposal>(&what)) {
      outcomes.emplace(e->tag.value(), e->outcome);
    } else if (auto* e = std::get_if<state::answer_barrier>(&what)) {
      barriers.emplace(e->tag.value(), e->outcome);
    } else if (auto* e = std::get_if<state::publish>(&what)) {
      events.insert(events.end(), e->events.begin(), e->events.end());
    } else if (auto* e = std::get_if<state::save_snapshot>(&what)) {
      ++snapshots;
      const bool durable =
          write_snapshots
          && state::write_store_snapshot(*disk_, small_log_config(), group_,
                                         e->at, *e->view)
                 .has_value();
      later_.push_back(state::snapshot_saved{e->at, durable});
    }
  }

  std::unique_ptr<sim_disk> disk_;
  raft::group_id group_;
  std::unique_ptr<state::replica> replica_;
  std::optional<error> failure_;
  std::vector<std::string> findings_;
  std::vector<state::input> later_;
  wall_time wall_{std::chrono::seconds{1'800'000'000}};
  mono_time mono_{std::chrono::seconds{1}};
};

/// A proposal that creates or replaces one key.
inline store::proposal put_proposal(std::uint64_t id, const std::string& key,
                                    const std::string& value,
                                    wall_time deadline) {
  store::proposal out;
  std::array<std::uint8_t, 16> octets{};
  for (int i = 0; i < 8; ++i)
    octets[i] = static_cast<std::uint8_t>(id >> (8 * i));
  out.id = store::proposal_id{octets};
  out.deadline = deadline;
  out.ops.push_back(store::put{key, make_shared_bytes(value), {}});
  return out;
}

} // namespace troupe::test
