#pragma once

#include "runtime/raft/config.hpp"
#include "runtime/raft/durability.hpp"
#include "runtime/raft/effect.hpp"
#include "runtime/raft/input.hpp"
#include "runtime/raft/log.hpp"
#include "runtime/raft/quorum/majority.hpp"
#include "runtime/raft/roles.hpp"

#include <map>
#include <optional>
#include <span>
#include <vector>

namespace troupe::raft {

/// One replica of one Raft group: inputs in, effects out; no clock, no disk,
/// no network, no randomness but the seed in its configuration.
///
///                    2                3               4
///  start --1--> follower --> pre_candidate --> candidate --> leader
///                ^  ^             |   ^  |5       | |         |
///                |  |             |   +--+        | |         |
///                |  +------6------+<------7-------+ |         |
///                +----------------------------------+---8-----+
///
///  1. Recovery; a sole voter goes on to 2 in its first step.
///  2. The leader was silent for a random election timeout (3.4).
///  3. A majority would vote for this replica (pre-vote, 9.6), or the leader
///     asked it to campaign (3.10), which skips the question.
///  4. A majority voted, this replica's own vote being durable (3.4).
///  5. An election timeout without a decision: ask again.
///  6. A leader spoke, a higher term was seen, or a majority would refuse.
///  7. No decision in time: ask first again, as a pre-candidate.
///  8. A higher term or another leader was seen, or, leading, no majority was
///     heard for an election timeout (6.2, check-quorum).
///
/// Guarantees (3.2, figure): one leader per term; logs that share a position
/// are equal before it; what is applied anywhere is applied everywhere at the
/// same index, once per life of a replica, in order. Requires of the driver:
/// storage effects in order, `send` not before its `after`, exactly what was
/// durable back as `recovered_state`.
///
///     raft_fsm fsm{config, recovered};
///     for (;;) carry_out(fsm.step(mailbox.drain()));
class raft_fsm {
public:
  /// The configuration must be valid.
  raft_fsm(config c, recovered_state found);

  /// Takes a batch of inputs; proposals and reads in one batch share appends,
  /// storage effects and rounds of heartbeats.
  std::vector<effect> step(std::span<const input> inputs);
  std::vector<effect> step(const input& in);

  raft::role role() const;
  raft::term term() const { return hard_.term; }
  /// Empty: not known.
  member_id leader() const;
  const raft_log& log() const { return log_; }
  log_index applied() const { return applied_; }
  log_index durable() const { return durability_.durable_index(); }
  bool is_suspect() const { return lost_.has_value(); }
  const hard_state& hard() const { return hard_; }
  log_position snapshot() const { return snapshot_; }
  /// What a leader knows of a follower; null unless leading.
  const progress* follower(const member_id& member) const;

private:
  // raft_fsm.cpp: dispatch, ticks, terms, the end of a step.
  void on(const tick&);
  void on(const received& in);
  void on(const persisted& in);
  bool adopt_term(const message& m);
  void answer_stale(const message& m);
  void follow(raft::term t, member_id leader);
  void heard_leader(const member_id& from);
  void set_hard_state(hard_state next);
  void reset_election_timer();
  void send_to(const member_id& to, message_body body);
  void send_after(const member_id& to, raft::term t, message_body body,
                  storage_sequence after);
  std::vector<effect> flush();
  void apply_committed();
  void tell_role(std::vector<effect>& out);

  // election.cpp
  void tick_election();
  void campaign(bool pre_vote, bool transfer);
  void count_votes();
  void lead();
  bool in_lease() const;
  bool would_grant(const message& m, const vote_request& r) const;
  void on_body(const message& m, const vote_request& r);
  void on_body(const message& m, const vote_response& r);
  void on_body(const message& m, const timeout_now&);

  // suspicion.cpp
  void clear_suspicion();
  void settle_suspicion();
  void ask_for_tails();
  bool supplies(log_index match) const;
  bool may_trust(const log_position& last) const;
  void on_tail_request(const message& m);
  void on_tail_response(const message& m, const tail_response& r);
  void on_body(const message&, const tail_request&) {}
  void on_body(const message&, const tail_response&) {}

  // leadership.cpp
  void tick_leader();
  void check_quorum();
  void advance_transfer();
  void on(const transfer_leadership& in);
  void broadcast_heartbeat();
  void on_body(const message& m, const heartbeat& r);
  void on_body(const message& m, const heartbeat_response& r);

  // replication.cpp
  void on(const propose& in);
  void drop(proposal_tag tag, drop_reason why);
  void send_append(const member_id& to, progress& p);
  void send_appends();
  void advance_commit();
  void accept(const member_id& to, log_index match);
  void reject(const member_id& to, log_position previous);
  void on_body(const message& m, const append_request& r);
  void on_body(const message& m, const append_accepted& r);
  void on_body(const message& m, const append_rejected& r);

  // read_index.cpp
  void on(const read& in);
  void forward_reads();
  void begin_reads();
  void finish_reads();
  void answer_read(const pending_read& r, log_index index);
  void drop_reads();
  void tick_reads();
  void on_body(const message& m, const read_request& r);
  void on_body(const message& m, const read_response& r);

  // snapshot.cpp
  void on(const snapshot_taken& in);
  void on(const snapshot_unreadable& in);
  void on(const snapshot_installed& in);
  void on(const snapshot_refused& in);
  void send_chunk(const member_id& to, const progress::installing& i);
  void tick_snapshots();
  void on_body(const message& m, const snapshot_chunk& r);
  void on_body(const message& m, const snapshot_ack& r);

  follower_state* following() { return std::get_if<follower_state>(&role_); }
  candidate_state* standing() { return std::get_if<candidate_state>(&role_); }
  leader_state* leading() { return std::get_if<leader_state>(&role_); }
  const leader_state* leading() const {
    return std::get_if<leader_state>(&role_);
  }

  config config_;
  majority_quorum quorum_;
  hard_state hard_;
  log_position snapshot_;
  raft_log log_;
  durability durability_;
  log_index applied_;
  role_state role_;
  std::optional<lost_entries> lost_;
  raft::term lost_term_; ///< nothing of a later term was lost
  /// What was lost is in the log up to here, not yet durable.
  std::optional<log_index> supplied_;
  unsigned tail_ticks_ = 0;
  /// How far the other voters' logs go, of those that were asked and answered.
  std::map<member_id, log_position> tails_;
  /// All have answered: the furthest of them.
  std::optional<log_position> furthest_tail_;
  unsigned elapsed_ticks_ = 0; ///< leader: since the last quorum check
  unsigned timeout_ticks_ = 0;
  std::uint64_t random_ = 0;
  read_context forwarded_context_;
  role_changed told_;
  std::vector<effect> effects_;
};

} // namespace troupe::raft
