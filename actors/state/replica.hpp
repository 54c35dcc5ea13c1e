#pragma once

#include "actors/state/replica_storage.hpp"
#include "actors/state/snapshot_transfer.hpp"
#include "actors/state/state_core.hpp"
#include "messages/protocol/replica_message.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace troupe::state {

struct replica_config {
  state_config core;
  wal::config log;
};

/// Give it to `receiver_of(message)`; best effort.
struct send_message {
  replica_message message;
};

/// What a replica asks of whoever drives it, beside the disk, in this order.
using replica_effect =
    std::variant<send_message, answer_proposal, answer_barrier, publish,
                 save_snapshot, raft::role_changed, raft::transfer_failed>;

using replica_sink = std::function<void(replica_effect)>;

/// One replica on its disk: the state core, its log and its snapshots. No
/// thread, no clock, no network: a driver gives it inputs and carries its
/// effects out. Any failure is final, and so is the replica then: what is
/// durable is not known.
///
///     replica->step(batch, sink);       // what needs no disk leaves at once
///     while (replica->wants_sync())     // the rest once it is durable
///       if (!*replica->sync(sink))
///         break;                        // the disk is full: later again
class replica {
public:
  /// Recovers from `disk`, which must outlive the replica, or begins anew.
  /// `findings` are for the log. `seed` of the Raft configuration must be
  /// drawn for this life.
  static result<std::unique_ptr<replica>>
  open(disk_port& disk, const replica_config& config,
       std::vector<std::string>& findings);

  /// A message from `sender_of(message)`; strangers' are ignored.
  static input input_of(replica_message message);

  /// Takes a batch and gives out what needs not wait for the disk.
  status_result step(std::span<input> inputs, const replica_sink& out);

  /// Something was asked of the disk and is not durable yet, or became durable
  /// and was not looked at.
  bool wants_sync() const { return asked_ > reported_; }

  /// Makes what was asked for durable with one sync, and gives out what follows
  /// from that. False when nothing became durable, for the disk is full.
  result<bool> sync(const replica_sink& out);

  /// The disk was full when last used: answers are held back.
  bool full() const { return storage_->full(); }

  const state_core& core() const { return core_; }

private:
  replica(disk_port& disk, const replica_config& config,
          std::unique_ptr<replica_storage> storage, recovered_replica found);

  status_result carry_out(std::vector<effect> effects, const replica_sink& out,
                          std::vector<input>& more);
  status_result carry_out(raft::effect& what, const replica_sink& out,
                          std::vector<input>& more);
  status_result take_chunk(const raft::snapshot_chunk& chunk,
                           std::vector<input>& more);
  void release_messages(const replica_sink& out);

  raft::group_id group_;
  state_core core_;
  std::unique_ptr<replica_storage> storage_;
  snapshot_source source_;
  snapshot_intake intake_;
  /// Messages that wait for the disk, by what they wait for.
  std::multimap<raft::storage_sequence, raft::message> held_;
  raft::storage_sequence asked_;
  raft::storage_sequence reported_;
};

} // namespace troupe::state
