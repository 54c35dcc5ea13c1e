#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/strong.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// What the replicas of one Raft group say to each other. Every message may be
/// lost, repeated, reordered or come late; no sender relies on more.
/// Section numbers are those of D. Ongaro, "Consensus: Bridging Theory and
/// Practice" (Stanford, 2014), "the thesis" below.
namespace troupe::raft {

/// Election epoch. 0 is "before the first election"; a leader's is >= 1.
using term = strong<std::uint64_t, struct term_tag>;

/// Position in the log. The first entry has 1; 0 is "before the first".
using log_index = strong<std::uint64_t, struct log_index_tag>;

/// A replica's permanent name, unique in its group. Empty is "nobody".
using member_id = strong<std::string, struct member_id_tag>;

/// Which of the logs that share a process and a disk.
using group_id = strong<std::uint64_t, struct group_id_tag>;

/// Numbers a round of leadership confirmation (6.4); 0 is "none".
using read_context = strong<std::uint64_t, struct read_context_tag>;

/// Where an entry stands: two logs that hold the same position are equal up to
/// it (3.5, Log Matching).
struct log_position {
  log_index index;
  raft::term term;

  friend bool operator==(const log_position&, const log_position&) = default;
};

/// What an entry holds. Values are written to disk: append only.
enum class entry_kind : std::uint8_t {
  no_op = 0,   ///< a leader's first entry, without payload
  command = 1, ///< a proposal's payload, opaque here
};

struct entry {
  log_position at;
  entry_kind kind = entry_kind::no_op;
  shared_bytes payload; ///< null for a no-op

  friend bool operator==(const entry& x, const entry& y) {
    const bool same_payload = x.payload && y.payload ? *x.payload == *y.payload
                                                     : x.payload == y.payload;
    return x.at == y.at && x.kind == y.kind && same_payload;
  }
};

/// Asks for a vote at the message's term (3.4), or whether one would be given
/// (`pre_vote`, 9.6), which commits the receiver to nothing.
struct vote_request {
  log_position last;     ///< end of the candidate's log
  bool pre_vote = false; ///< the term is the one it would campaign at
  bool transfer = false; ///< the leader asked for it: heed no lease (3.10)

  friend bool operator==(const vote_request&, const vote_request&) = default;
};

struct vote_response {
  bool pre_vote = false;
  bool granted = false;

  friend bool operator==(const vote_response&, const vote_response&) = default;
};

/// Entries that follow `previous`, without gaps; none is a probe (3.5).
struct append_request {
  log_position previous;
  log_index commit; ///< the leader's commit index
  std::vector<entry> entries;

  friend bool operator==(const append_request&,
                         const append_request&) = default;
};

/// The sender's durable log equals the leader's up to `match`.
struct append_accepted {
  log_index match;

  friend bool operator==(const append_accepted&,
                         const append_accepted&) = default;
};

/// The sender does not hold the request's `previous`. `hint` is the last place
/// at or before it where the two logs may agree: the largest index whose term
/// is not above the request's (3.5, backing up by terms).
struct append_rejected {
  log_index previous; ///< the refused one
  log_position hint;
  /// The sender's disk lost entries it may have acknowledged: forget any match
  /// beyond the hint.
  bool suspect = false;

  friend bool operator==(const append_rejected&,
                         const append_rejected&) = default;
};

/// Keeps the receiver from campaigning. `commit` never passes what the
/// receiver is known to hold.
struct heartbeat {
  log_index commit;
  read_context context; ///< newest round to confirm

  friend bool operator==(const heartbeat&, const heartbeat&) = default;
};

struct heartbeat_response {
  read_context context; ///< echoed

  friend bool operator==(const heartbeat_response&,
                         const heartbeat_response&) = default;
};

/// A follower's batch of reads asks the leader for a read index (6.4).
struct read_request {
  read_context context; ///< the follower's own numbering

  friend bool operator==(const read_request&, const read_request&) = default;
};

struct read_response {
  read_context context;
  log_index index;     ///< readable once applied up to it
  bool served = false; ///< false: ask again later; `index` means nothing

  friend bool operator==(const read_response&, const read_response&) = default;
};

/// Octets `offset ...` of the snapshot that stands for the log up to `at`.
struct snapshot_chunk {
  log_position at;
  std::uint64_t offset = 0;
  bool last = false; ///< the snapshot ends with this chunk
  shared_bytes data; ///< null is empty

  friend bool operator==(const snapshot_chunk& x, const snapshot_chunk& y) {
    const auto view = [](const shared_bytes& b) {
      return b ? bytes_view{*b} : bytes_view{};
    };
    return x.at == y.at && x.offset == y.offset && x.last == y.last
           && view(x.data) == view(y.data);
  }
};

/// The receiver wants the octets from `offset` on next.
struct snapshot_ack {
  log_index index; ///< of the snapshot
  std::uint64_t offset = 0;

  friend bool operator==(const snapshot_ack&, const snapshot_ack&) = default;
};

/// Campaign now: the sender steps back in the receiver's favour (3.10).
struct timeout_now {
  friend bool operator==(const timeout_now&, const timeout_now&) = default;
};

/// A replica that may have lost entries it acknowledged asks another voter how
/// far its log goes. Terms do not matter: whoever hears it answers.
struct tail_request {
  friend bool operator==(const tail_request&, const tail_request&) = default;
};

/// The sender's intact log ends at `last`.
struct tail_response {
  log_position last;

  friend bool operator==(const tail_response&, const tail_response&) = default;
};

/// The order is that of the wire's kind numbers: append only.
using message_body =
    std::variant<vote_request, vote_response, append_request, append_accepted,
                 append_rejected, heartbeat, heartbeat_response, read_request,
                 read_response, snapshot_chunk, snapshot_ack, timeout_now,
                 tail_request, tail_response>;

struct message {
  group_id group;
  raft::term term; ///< the sender's; of a pre-vote, the one asked about
  member_id from;
  member_id to;
  message_body body;

  friend bool operator==(const message&, const message&) = default;
};

} // namespace troupe::raft
