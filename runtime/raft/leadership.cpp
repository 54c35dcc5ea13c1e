#include "messages/base/check.hpp"
#include "runtime/raft/raft_fsm.hpp"

#include <algorithm>

/// Holding leadership: heartbeats, check-quorum (6.2), transfer (3.10).
namespace troupe::raft {

void raft_fsm::tick_leader() {
  check_quorum();
  auto* l = leading();
  if (!l)
    return;
  if (l->transfer
      && ++l->transfer->age_ticks >= config_.election_timeout_ticks) {
    effects_.push_back(transfer_failed{l->transfer->to});
    l->transfer.reset();
  }
  tick_snapshots();
  if (++l->heartbeat_age_ticks >= config_.heartbeat_ticks) {
    broadcast_heartbeat();
    advance_transfer();
  }
}

/// 6.2: a leader that hears no majority for an election timeout steps down, so
/// that clients do not wait for one that cannot commit.
void raft_fsm::check_quorum() {
  if (elapsed_ticks_ < config_.election_timeout_ticks)
    return;
  elapsed_ticks_ = 0;
  auto& followers = leading()->followers;
  const auto outcome =
      quorum_.vote([&](const member_id& m) -> std::optional<bool> {
        return m == config_.self || followers.at(m).active;
      });
  TROUPE_CHECK(outcome != vote_outcome::pending, "everyone is counted");
  for (auto& [name, p] : followers)
    p.active = false;
  if (outcome == vote_outcome::lost)
    follow(hard_.term, {});
}

/// 3.10: bring the target up to date, then let it campaign at once.
void raft_fsm::advance_transfer() {
  auto* l = leading();
  if (!l || !l->transfer)
    return;
  const auto& to = l->transfer->to;
  if (l->followers.at(to).match() == log_.last().index)
    send_to(to, timeout_now{});
}

void raft_fsm::on(const transfer_leadership& in) {
  auto* l = leading();
  if (!l || l->transfer || !l->followers.contains(in.to)) {
    effects_.push_back(transfer_failed{in.to});
    return;
  }
  l->transfer = leader_state::handover{in.to};
  advance_transfer();
}

void raft_fsm::broadcast_heartbeat() {
  auto* l = leading();
  TROUPE_CHECK(l, "only a leader sends heartbeats");
  l->heartbeat_age_ticks = 0;
  for (const auto& [name, p] : l->followers)
    send_to(name,
            heartbeat{std::min(p.match(), log_.commit()), l->reads.newest()});
}

void raft_fsm::on_body(const message& m, const heartbeat& r) {
  TROUPE_CHECK(following(), "a leader's message was heard");
  // A log that lost its tail may end before what the leader knows of it.
  log_.commit_to(std::min(r.commit, log_.last().index));
  send_to(m.from, heartbeat_response{r.context});
  // What is committed is what the logs surely agree on.
  if (lost_ && !supplied_)
    reject(m.from, {log_.commit(), *log_.term_at(log_.commit())});
}

void raft_fsm::on_body(const message& m, const heartbeat_response& r) {
  auto* l = leading();
  if (!l)
    return;
  auto& p = l->followers.at(m.from);
  p.heard();
  p.confirmed = std::max(p.confirmed, r.context);
  finish_reads();
}

} // namespace troupe::raft
