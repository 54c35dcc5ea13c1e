#pragma once

#include "actors/state/command_table.hpp"
#include "actors/state/waiting.hpp"
#include "messages/protocol/replica_message.hpp"
#include "runtime/raft/raft_fsm.hpp"
#include "runtime/store/store_fsm.hpp"
#include "runtime/store/store_port.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

/// One replica of one group: the Raft core and the store core joined. Pure.
namespace troupe::state {

struct state_config {
  raft::config raft;
  /// Octets the store may use; past it only deletions and small commands pass.
  std::uint64_t quota_bytes = std::uint64_t{2} << 30;
  /// Proposals without an outcome yet; past it they are `overloaded`.
  std::size_t proposals_max = 16 * 1024;
  /// Commands sent to the leader are sent again after so many ticks of silence.
  unsigned forward_patience_ticks = 20;
  /// A snapshot is taken after this many applied entries, or octets of them.
  std::uint64_t snapshot_entries = 20'000;
  std::uint64_t snapshot_bytes = std::uint64_t{64} << 20;
  /// The leader compacts the store this often, up to where it stood one
  /// interval before: history of at least one interval stays readable. Longer
  /// than any proposal's deadline (see store_fsm).
  duration compaction_interval = std::chrono::minutes{5};
  /// A proposal whose deadline is further away is cut down to this.
  duration proposal_deadline_max = std::chrono::minutes{2};

  status_result validate() const;
};

/// Inputs beside the Raft core's own.
struct time_passed {
  wall_time wall;
  mono_time mono;
};

struct propose_command {
  ticket tag;
  store::proposal proposal;
};

struct raise_command {
  ticket tag;
  store::raise_fence fence;
  wall_time deadline;
};

struct read_barrier {
  ticket tag;
  mono_time deadline;
};

struct wait_revision {
  ticket tag;
  store::revision at;
  mono_time deadline;
};

/// The snapshot asked for by `save_snapshot` is durable, or failed.
struct snapshot_saved {
  raft::log_position at;
  bool durable = false;
};

/// A raft snapshot from the leader is durable here; `store` is what it holds.
struct snapshot_received {
  raft::log_position at;
  std::shared_ptr<store::store_fsm> store;
};

/// From now on, whenever this replica leads, the voter that is furthest is to.
struct resign {};

using input =
    std::variant<time_passed, propose_command, raise_command, read_barrier,
                 wait_revision, snapshot_saved, snapshot_received,
                 forward_request, forward_answer, resign, raft::input>;

/// Effects beside the Raft core's storage and message effects.
struct answer_proposal {
  ticket tag;
  store::propose_outcome outcome;
};

struct answer_barrier {
  ticket tag;
  store::barrier_outcome outcome = store::barrier_outcome::reached;
};

/// Something was applied: the new root, with the events that led to it (none
/// when only history or fences changed). Comes before the answers it makes
/// true.
struct publish {
  std::shared_ptr<const store::store_view> view;
  std::vector<store::event> events;
};

/// Write an image of `view` as the snapshot at `at`, then say
/// `snapshot_saved`.
struct save_snapshot {
  std::shared_ptr<const store::store_view> view;
  raft::log_position at;
};

/// Send to another replica, at once; best effort.
struct send_forward {
  std::variant<forward_request, forward_answer> message;
};

using effect = std::variant<raft::effect, answer_proposal, answer_barrier,
                            publish, save_snapshot, send_forward>;

/// Proposals in, outcomes out; between them the log, of this replica where it
/// leads, else of the leader, to whom proposals are forwarded. What is lost on
/// the way is sent again under the same proposal id, until an outcome is known
/// or the deadline passes: then it is `outcome_unknown`, or `not_leader` where
/// there was never a leader to try. An outcome is told once it is applied here.
///
/// A refusal is told once. So that no late copy of a refused proposal takes
/// effect after that, a leader takes the forwards of one replica in the order
/// they were sent, and only those sent to it in its present term.
///
/// Time is an input (`time_passed`, which is also a Raft tick).
class state_core {
public:
  /// `restored` holds the snapshot that `found` names.
  state_core(state_config config, raft::recovered_state found,
             store::store_fsm restored);

  /// Takes a batch; everything proposed in it shares one append and one sync.
  std::vector<effect> step(std::span<input> inputs);

  const raft::raft_fsm& raft() const { return raft_; }
  const store::store_fsm& store() const { return store_; }
  std::shared_ptr<const store::store_view> view() const { return view_; }

private:
  void on(time_passed& in, std::vector<raft::input>& out);
  void on(propose_command& in, std::vector<raft::input>& out);
  void on(raise_command& in, std::vector<raft::input>& out);
  void on(read_barrier& in, std::vector<raft::input>& out);
  void on(wait_revision& in, std::vector<raft::input>& out);
  void on(snapshot_saved& in, std::vector<raft::input>& out);
  void on(snapshot_received& in, std::vector<raft::input>& out);
  void on(forward_request& in, std::vector<raft::input>& out);
  void on(forward_answer& in, std::vector<raft::input>& out);
  void on(resign& in, std::vector<raft::input>& out);
  void on(raft::input& in, std::vector<raft::input>& out);

  /// Takes the command in, waited for until `deadline`, or refuses it.
  void take(ticket tag, store::command what, wall_time deadline);
  void propose_parked(std::vector<raft::input>& out);
  void resign_leadership(std::vector<raft::input>& out);
  void run_raft(std::vector<raft::input>& inputs);
  void carry_out(raft::effect& from_raft);
  void on_role(const raft::role_changed& now);
  void restore(const raft::restore_snapshot& what);

  // forwarding.cpp: commands of this replica with the leader, and those of
  // others here.
  struct origin {
    raft::member_id member;
    std::uint64_t life = 0;
    std::uint64_t number = 0;
    std::uint64_t tag = 0;
    raft::term term;
  };
  void take_remote(const forward_request& from, forwarded_command& one);
  void drop_remote(ticket tag);
  void forward_parked();
  void answer_remote(const origin& to, store::propose_outcome outcome);
  void send_answers();
  void apply(const raft::apply_entries& committed);
  store::apply_outcome apply(const raft::entry& entry, publish& out);
  void on_dropped(const raft::proposal_dropped& dropped);
  void answer(ticket tag, store::propose_outcome outcome);
  void answer(ticket tag, store::barrier_outcome outcome);
  void settle_waiting();
  void expire(wall_time wall, mono_time mono);
  void compact_when_due(std::vector<raft::input>& out);
  void snapshot_when_due();
  wall_time latest_deadline() const;
  bool over_quota(const store::proposal& proposal) const;

  state_config config_;
  raft::raft_fsm raft_;
  store::store_fsm store_;
  std::shared_ptr<const store::store_view> view_;
  wall_time wall_{};
  mono_time mono_{};
  command_table commands_;
  barriers_waiting barriers_;
  std::vector<effect> effects_;
  raft::log_position applied_;
  std::uint64_t entries_since_snapshot_ = 0;
  std::uint64_t bytes_since_snapshot_ = 0;
  bool snapshot_running_ = false;
  bool resigning_ = false;
  std::optional<mono_time> compaction_due_;
  store::revision compact_up_to_;
  std::optional<snapshot_received> received_;
  std::uint64_t last_forward_ = 0;
  /// The commands of others in `commands_`; their tickets have the top bit.
  std::unordered_map<ticket, origin> origins_;
  std::uint64_t last_remote_ = 0;
  /// The last forward taken of each life, in `forwards_term_`.
  std::map<std::pair<raft::member_id, std::uint64_t>, std::uint64_t> forwards_;
  raft::term forwards_term_;
  std::map<std::pair<raft::member_id, std::uint64_t>, forward_answer> answers_;
};

} // namespace troupe::state
