#pragma once

#include "messages/protocol/raft.hpp"
#include "runtime/raft/effect.hpp"

#include <variant>

/// Everything that can happen to a replica.
namespace troupe::raft {

/// One tick of the driver's clock went by.
struct tick {};

/// A message arrived. Strangers' and other groups' are ignored.
struct received {
  raft::message message;
};

/// Append `payload`. Answered in the same step by `proposal_appended` or
/// `proposal_dropped`.
struct propose {
  proposal_tag tag;
  shared_bytes payload; ///< not null
  /// Only while this replica leads in that term; 0: in any.
  raft::term only_in = {};
};

/// Answered by `read_ready` or `read_dropped`, possibly never if the driver
/// stops ticking; deadlines are the driver's.
struct read {
  read_tag tag;
};

/// Every storage effect numbered <= `through` is durable.
struct persisted {
  storage_sequence through;
};

/// Hand leadership to `to` (3.10). Followed by a `role_changed`, or by
/// `transfer_failed`.
struct transfer_leadership {
  member_id to;
};

/// A snapshot of the applied state up to `at` is durable; the log before it
/// may go.
struct snapshot_taken {
  log_position at;
};

/// The snapshot asked for by `send_snapshot_chunk` cannot be read any more.
struct snapshot_unreadable {
  member_id to;
  log_index index;
};

/// All chunks of `at` are written, whole and durable.
struct snapshot_installed {
  log_position at;
};

/// The chunks of `at` do not make a valid snapshot; they were thrown away.
struct snapshot_refused {
  log_position at;
};

using input =
    std::variant<tick, received, propose, read, persisted, transfer_leadership,
                 snapshot_taken, snapshot_unreadable, snapshot_installed,
                 snapshot_refused>;

} // namespace troupe::raft
