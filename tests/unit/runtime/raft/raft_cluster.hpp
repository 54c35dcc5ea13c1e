#pragma once

#include "runtime/raft/raft_fsm.hpp"

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

/// Replicas on a network and disks that move only when told to.
namespace troupe::raft::test {

/// What survives a crash.
struct sim_disk {
  hard_state hard;
  log_position snapshot;
  std::string snapshot_data;
  std::vector<entry> entries;
};

struct sim_member {
  raft::config config;
  sim_disk disk;
  std::optional<raft_fsm> fsm; ///< none: crashed
  std::deque<effect> storage;  ///< asked for, not durable
  storage_sequence durable;
  std::vector<send> held;     ///< wait for storage
  std::deque<input> upcoming; ///< the driver's own answers
  std::deque<input> late;     ///< those that take their time
  log_position applied;
  std::uint64_t digest = 0; ///< of everything applied
  std::map<log_index, std::string> snapshots;
  std::string intake;
};

class raft_cluster {
public:
  /// Called with each effect of a member before it is carried out.
  std::function<void(const member_id&, const effect&)> observer;
  /// Called after a member applied one more entry.
  std::function<void(const sim_member&, const entry&)> applied;
  /// Whether what becomes of a snapshot is said by `complete_snapshot` only.
  bool slow_snapshots = false;

  void add(raft::config c);
  std::map<member_id, sim_member>& members() { return members_; }
  sim_member& at(const std::string& name);
  std::vector<message>& network() { return network_; }

  /// Steps a running member.
  void feed(const std::string& name, input in);

  /// Makes the oldest pending step of storage durable; false if none is.
  bool complete_storage(const std::string& name);

  /// Says the oldest thing there is to say of a snapshot; false without any.
  bool complete_snapshot(const std::string& name);

  /// Takes message `i` off the network and hands it to its receiver.
  void deliver(std::size_t i);

  /// Everything not durable is lost.
  void crash(const std::string& name);
  void restart(const std::string& name,
               std::optional<lost_entries> lost = std::nullopt);

  /// Takes a snapshot of what is applied.
  void snapshot(const std::string& name);

private:
  void carry_out(sim_member& m, const effect& e);
  void release(sim_member& m);
  void run_upcoming(sim_member& m);
  void store(sim_disk& d, const effect& e);
  void say_of_snapshot(sim_member& m, input in);
  void apply(sim_member& m, const entry& e);
  void send_chunk(sim_member& m, message chunk, storage_sequence after);
  void write_chunk(sim_member& m, const snapshot_chunk& chunk);

  std::map<member_id, sim_member> members_;
  std::vector<message> network_;
};

/// Storage step an effect belongs to; 0 for effects that are none.
storage_sequence sequence_of(const effect& e);

/// One line each, for scripts.
std::string to_text(const message& m);
std::string to_text(const effect& e);

} // namespace troupe::raft::test
