#pragma once

#include "runtime/raft/effect.hpp"
#include "runtime/store/store_fsm.hpp"
#include "runtime/wal/log.hpp"

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace troupe::state {

/// What a disk gave back of one replica, ready to go on.
struct recovered_replica {
  raft::recovered_state raft;
  store::store_fsm store;            ///< at the snapshot `raft` names
  std::vector<std::string> findings; ///< for the log
};

/// The disk of one replica: the write-ahead log and the snapshots of its
/// group. One thread owns it. Any error is final: what is durable is not known
/// and the process must end. A full disk is no error: `sync` then reports what
/// is durable so far, and may be called again when space has returned.
class replica_storage {
public:
  /// Opens or begins the replica's files. A tail that was never synced is cut
  /// off for a sole voter; for one of several any bad tail is, and counts as
  /// lost until `settle`. Other damage that may have cost acknowledged writes
  /// is `corrupt`, and everything is left as it was found.
  static result<std::unique_ptr<replica_storage>>
  open(disk_port& disk, const wal::config& config, raft::group_id group,
       bool sole_voter, recovered_replica& found);

  /// Takes the storage effects among `effects`, in order. `log_start` is where
  /// the core's log begins now.
  status_result take(std::span<const raft::effect> effects,
                     const raft::log_position& log_start);

  /// Makes what was taken durable and returns the highest sequence that is.
  result<raft::storage_sequence> sync();

  /// Entries may have been lost, and nobody has yet supplied or disowned them.
  bool suspect() const { return log_->suspect(); }

  /// They were.
  status_result settle() { return log_->settle(); }

  /// The last sync met a full disk.
  bool full() const noexcept { return full_; }

private:
  replica_storage(std::unique_ptr<wal::write_ahead_log> log,
                  raft::group_id group, std::size_t record_octets_max);

  void take(const raft::append_log& effect);
  status_result flush();

  std::unique_ptr<wal::write_ahead_log> log_;
  raft::group_id group_;
  std::size_t record_octets_max_;
  std::deque<wal::record> waiting_; ///< taken, not yet in the log's buffer
  raft::storage_sequence taken_;
  raft::storage_sequence durable_;
  bool compacted_ = false;
  bool full_ = false;
};

/// Writes `view` as the snapshot of `group` at `at` and removes older ones.
/// Safe beside a running `replica_storage`, with a disk port of its own.
status_result write_store_snapshot(disk_port& disk, const wal::config& config,
                                   raft::group_id group,
                                   const raft::log_position& at,
                                   const store::store_view& view);

} // namespace troupe::state
