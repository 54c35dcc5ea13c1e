#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "messages/protocol/raft.hpp"
#include "messages/protocol/store.hpp"

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

/// What the replicas of one group say to each other: Raft's messages, and
/// commands that a replica hands to the one that leads. Any may be lost,
/// repeated, reordered or late.
namespace troupe::state {

/// A command, encoded (`store::encode_command`); refused past `deadline`, by
/// the leader's clock.
struct forwarded_command {
  std::uint64_t tag = 0; ///< the sender's name for it
  wall_time deadline{};
  shared_bytes payload; ///< never null

  friend bool operator==(const forwarded_command& x,
                         const forwarded_command& y) {
    return x.tag == y.tag && x.deadline == y.deadline
           && *x.payload == *y.payload;
  }
};

/// Commands for the leader, in order. It heeds a request only while it leads in
/// `term`, and only if no later one of that life came before.
struct forward_request {
  raft::group_id group;
  raft::term term;
  raft::member_id from;
  raft::member_id to;
  /// Drawn by the sender at its start: answers to an earlier life are ignored.
  std::uint64_t life = 0;
  std::uint64_t number = 0; ///< of this request in that life
  std::vector<forwarded_command> commands;

  friend bool operator==(const forward_request&,
                         const forward_request&) = default;
};

/// What became of one; true of every replica that has applied the log up to
/// `applied`. `not_leader`: it was not tried.
struct forwarded_outcome {
  std::uint64_t number = 0; ///< of the request it came in
  std::uint64_t tag = 0;
  raft::log_index applied;
  store::propose_outcome outcome;

  friend bool operator==(const forwarded_outcome&,
                         const forwarded_outcome&) = default;
};

struct forward_answer {
  raft::group_id group;
  raft::member_id from;
  raft::member_id to;
  std::uint64_t life = 0;
  std::vector<forwarded_outcome> outcomes;

  friend bool operator==(const forward_answer&,
                         const forward_answer&) = default;
};

/// The order is that of the wire's kind numbers: append only.
using replica_message =
    std::variant<raft::message, forward_request, forward_answer>;

const raft::member_id& sender_of(const replica_message& m);
const raft::member_id& receiver_of(const replica_message& m);

/// Bounds on what a peer may send; past any of them `too_large`.
inline constexpr std::size_t forwards_max = 4096;

/// Two msgpack values: the kind, which is the place in `replica_message`, and
/// the message: Raft's as raft_codec.hpp says, the others as maps by field id.
/// Golden octets of each released version: tests/data/compat/replica.
bytes encode(const replica_message& m);

/// The inverse. Fails with `unsupported` for an unknown kind, `too_large` past
/// a bound, else `corrupt`. Payloads of commands are not looked into.
result<replica_message> decode_replica_message(bytes_view data);

} // namespace troupe::state
