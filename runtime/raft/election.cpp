#include "messages/base/check.hpp"
#include "runtime/raft/raft_fsm.hpp"

/// Elections (3.4), with pre-vote (9.6) and the election restriction (3.6.1).
namespace troupe::raft {

void raft_fsm::tick_election() {
  TROUPE_CHECK(!leading(), "a leader holds no election");
  // A suspect replica could win without an entry it helped to commit.
  if (elapsed_ticks_ >= timeout_ticks_ && !lost_)
    campaign(true, false);
}

void raft_fsm::campaign(bool pre_vote, bool transfer) {
  TROUPE_CHECK(!leading(), "a leader does not campaign");
  TROUPE_CHECK(!lost_, "a suspect replica does not campaign");
  drop_reads();
  role_ = candidate_state{pre_vote, transfer, {}};
  reset_election_timer();
  if (pre_vote)
    standing()->votes[config_.self] = true;
  else
    set_hard_state({hard_.term.next(), config_.self});
  const auto term = pre_vote ? hard_.term.next() : hard_.term;
  for (const auto& voter : quorum_.voters())
    if (voter != config_.self)
      send_after(voter, term, vote_request{log_.last(), pre_vote, transfer},
                 durability_.after_hard_state());
  count_votes();
}

void raft_fsm::count_votes() {
  auto* c = standing();
  if (!c)
    return;
  // 3.8: the own vote counts like any other, once it cannot be lost.
  if (!c->pre_vote && durability_.hard_state_durable())
    c->votes[config_.self] = true;
  const auto outcome =
      quorum_.vote([&](const member_id& m) -> std::optional<bool> {
        const auto found = c->votes.find(m);
        if (found == c->votes.end())
          return std::nullopt;
        return found->second;
      });
  if (outcome == vote_outcome::lost)
    follow(hard_.term, {});
  else if (outcome == vote_outcome::won && c->pre_vote)
    campaign(false, false);
  else if (outcome == vote_outcome::won)
    lead();
}

void raft_fsm::lead() {
  TROUPE_CHECK(hard_.voted_for == config_.self, "a leader voted for itself");
  TROUPE_CHECK(durability_.hard_state_durable(), "a leader's vote is durable");
  const auto last = log_.last();
  TROUPE_CHECK(last.term < hard_.term, "a term has one leader");
  leader_state state;
  for (const auto& voter : quorum_.voters())
    if (voter != config_.self)
      state.followers.emplace(voter, progress{last.index});
  state.first = last.index.next();
  role_ = std::move(state);
  elapsed_ticks_ = 0;
  // 6.4: an entry of its own term tells a leader what is committed, and lets
  // it commit what earlier leaders left (3.6.2).
  log_.append({{last.index.next(), hard_.term}, entry_kind::no_op, nullptr});
  durability_.log_changed(std::nullopt);
}

bool raft_fsm::in_lease() const {
  return !leader().value().empty()
         && elapsed_ticks_ < config_.election_timeout_ticks;
}

bool raft_fsm::would_grant(const message& m, const vote_request& r) const {
  if (!may_trust(r.last) || !log_.is_up_to_date(r.last))
    return false;
  if (r.pre_vote)
    return m.term > hard_.term && !in_lease();
  const bool free = hard_.voted_for.value().empty() && leader().value().empty();
  return free || hard_.voted_for == m.from;
}

void raft_fsm::on_body(const message& m, const vote_request& r) {
  const bool granted = would_grant(m, r);
  if (r.pre_vote) {
    // A yes repeats the term asked about; a no tells the term this side has.
    send_after(m.from, granted ? m.term : hard_.term,
               vote_response{true, granted}, durability_.after_hard_state());
    return;
  }
  TROUPE_CHECK(m.term == hard_.term, "a vote is given in the current term");
  if (granted) {
    set_hard_state({hard_.term, m.from});
    reset_election_timer();
  }
  send_to(m.from, vote_response{false, granted});
}

void raft_fsm::on_body(const message& m, const vote_response& r) {
  auto* c = standing();
  if (!c || c->pre_vote != r.pre_vote)
    return;
  const auto asked = c->pre_vote ? hard_.term.next() : hard_.term;
  if (r.granted && m.term != asked)
    return;
  // The first answer stands: a repeat says the same, or comes from before.
  c->votes.emplace(m.from, r.granted);
  count_votes();
}

void raft_fsm::on_body(const message&, const timeout_now&) {
  TROUPE_CHECK(following(), "a leader's message was heard");
  // The leader vouches for its own end: no pre-vote, and no lease (3.10).
  if (!lost_)
    campaign(false, true);
}

} // namespace troupe::raft
