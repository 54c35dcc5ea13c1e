#pragma once

#include "actors/state/replica_storage.hpp"
#include "actors/state/state_core.hpp"
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
      : disk_(std::move(disk)), config_(std::move(config)) {
    const auto log = small_log_config();
    state::recovered_replica found;
    auto storage = state::replica_storage::open(*disk_, log, config_.raft.group,
                                                true, found);
    if (!storage) {
      failure_ = storage.error();
      return;
    }
    storage_ = std::move(*storage);
    findings_ = found.findings;
    core_.emplace(config_, std::move(found.raft), std::move(found.store));
    run({});
    tick(std::chrono::milliseconds{100});
  }

  bool alive() const { return !failure_; }
  const error& failure() const { return *failure_; }
  state::state_core& core() { return *core_; }
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
    if (!alive())
      return;
    do {
      std::vector<raft::effect> storage;
      for (auto& what : core_->step(inputs))
        note(what, storage);
      inputs = std::exchange(later_, {});
      if (auto taken = storage_->take(storage, core_->raft().log().start());
          !taken)
        return fail(taken.error());
      auto durable = storage_->sync();
      if (!durable)
        return fail(durable.error());
      if (*durable > reported_) {
        reported_ = *durable;
        inputs.push_back(raft::input{raft::persisted{*durable}});
      }
    } while (!inputs.empty());
  }

private:
  void fail(error why) { failure_ = std::move(why); }

  void note(state::effect& what, std::vector<raft::effect>& storage) {
    if (auto* e = std::get_if<raft::effect>(&what)) {
      storage.push_back(std::move(*e));
    } else if (auto* e = std::get_if<state::answer_proposal>(&what)) {
      outcomes.emplace(e->tag.value(), e->outcome);
    } else if (auto* e = std::get_if<state::answer_barrier>(&what)) {
      barriers.emplace(e->tag.value(), e->outcome);
    } else if (auto* e = std::get_if<state::publish>(&what)) {
      events.insert(events.end(), e->events.begin(), e->events.end());
    } else if (auto* e = std::get_if<state::save_snapshot>(&what)) {
      ++snapshots;
      const bool durable =
          write_snapshots
          && state::write_store_snapshot(*disk_, small_log_config(),
                                         config_.raft.group, e->at, *e->view)
                 .has_value();
      later_.push_back(state::snapshot_saved{e->at, durable});
    }
  }

  std::unique_ptr<sim_disk> disk_;
  state::state_config config_;
  std::unique_ptr<state::replica_storage> storage_;
  std::optional<state::state_core> core_;
  std::optional<error> failure_;
  std::vector<std::string> findings_;
  std::vector<state::input> later_;
  raft::storage_sequence reported_;
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
