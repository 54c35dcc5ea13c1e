#pragma once

#include "messages/protocol/raft.hpp"
#include "runtime/raft/config.hpp"

#include <optional>
#include <variant>
#include <vector>

/// Everything a replica asks of its driver. The order within one step: role,
/// storage, then the rest. Storage effects are carried out in order, and
/// completed in order, by `persisted`; the rest never waits for them except
/// `send`, which says what must be durable first.
namespace troupe::raft {

/// Numbers the steps that asked for storage; 0 is durable from the start.
using storage_sequence = strong<std::uint64_t, struct storage_sequence_tag>;

/// The driver's own names for what it asks.
using proposal_tag = strong<std::uint64_t, struct proposal_tag_tag>;
using read_tag = strong<std::uint64_t, struct read_tag_tag>;

enum class role { follower, pre_candidate, candidate, leader };

std::string_view to_string(role r);

/// Role, term or known leader changed.
struct role_changed {
  raft::role role = role::follower;
  raft::term term;
  member_id leader; ///< empty: not known
};

struct persist_hard_state {
  storage_sequence sequence;
  hard_state state;
};

/// Drop the entries from `truncate_from` on, if given, then append.
struct append_log {
  storage_sequence sequence;
  std::optional<log_index> truncate_from;
  std::vector<entry> entries;
};

/// The log is empty and goes on after `at`, the end of an installed snapshot.
struct reset_log {
  storage_sequence sequence;
  log_position at;
};

/// Nothing up to `up_to` is needed any more. Free to happen late or never.
struct compact_log {
  log_index up_to;
};

/// Send once storage effects <= `after` are durable; best effort.
struct send {
  raft::message message;
  storage_sequence after;
};

/// Send `message`, whose body is a `snapshot_chunk` without data: fill in the
/// octets from `offset` and, if they reach the end, `last`.
struct send_snapshot_chunk {
  raft::message message;
  storage_sequence after;
};

/// Keep this chunk; offset 0 begins anew. After the last, verify, make durable
/// and say `snapshot_installed` or `snapshot_refused`.
struct write_snapshot_chunk {
  snapshot_chunk chunk;
};

/// Replace the applied state by the installed snapshot.
struct restore_snapshot {
  log_position at;
};

/// Committed, and durable here: apply them, in order. Each index comes once
/// per life of the replica.
struct apply_entries {
  std::vector<entry> entries;
};

/// The proposal's fate is that of this position: if an entry of another term
/// is applied at its index, it was lost.
struct proposal_appended {
  proposal_tag tag;
  log_position at;
};

enum class drop_reason {
  not_leader,   ///< `leader` leads, as far as known
  transferring, ///< leadership is about to move
  too_large,    ///< past `proposal_bytes_max`
  overloaded,   ///< past `uncommitted_entries_max`
};

std::string_view to_string(drop_reason r);

/// The proposal was not appended and never will be.
struct proposal_dropped {
  proposal_tag tag;
  drop_reason reason = drop_reason::not_leader;
  member_id leader;
};

/// Linearizable once the state has applied `index` (6.4).
struct read_ready {
  read_tag tag;
  log_index index;
};

/// No leader confirmed the read; it may be tried again.
struct read_dropped {
  read_tag tag;
};

/// `to` did not take over in time; this replica leads on, or never led.
struct transfer_failed {
  member_id to;
};

using effect =
    std::variant<role_changed, persist_hard_state, append_log, reset_log,
                 compact_log, send, send_snapshot_chunk, write_snapshot_chunk,
                 restore_snapshot, apply_entries, proposal_appended,
                 proposal_dropped, read_ready, read_dropped, transfer_failed>;

} // namespace troupe::raft
