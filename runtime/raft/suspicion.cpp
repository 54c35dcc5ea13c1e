#include "messages/base/check.hpp"
#include "runtime/raft/raft_fsm.hpp"

#include <algorithm>

/// A voter whose disk lost the end of its log may have acknowledged what is
/// gone (Protocol-Aware Recovery, FAST'18). It neither campaigns nor
/// acknowledges until the entries were supplied, or until no other voter has
/// them; and it votes only as the voter that holds most would.
namespace troupe::raft {

void raft_fsm::settle_suspicion() {
  if (supplied_ && durability_.durable_index() >= *supplied_)
    clear_suspicion();
}

void raft_fsm::clear_suspicion() {
  lost_.reset();
  supplied_.reset();
}

/// Once per election timeout, while it matters.
void raft_fsm::ask_for_tails() {
  if (!lost_ || furthest_tail_
      || tail_ticks_++ % config_.election_timeout_ticks != 0)
    return;
  for (const auto& voter : quorum_.voters())
    if (voter != config_.self && !tails_.contains(voter))
      send_to(voter, tail_request{});
}

void raft_fsm::on_tail_request(const message& m) {
  // What is not yet durable counts too, for it may be acknowledged any moment;
  // but only once it is durable can it not go back any more.
  const auto last = log_.last();
  send_after(m.from, hard_.term, tail_response{last},
             std::max(durability_.after_log(last.index),
                      durability_.after_hard_state()));
}

/// An entry that this replica helped to commit is in the log of another voter,
/// for its leader at least had it before this replica did. So nothing past the
/// furthest of their ends was committed with its help.
void raft_fsm::on_tail_response(const message& m, const tail_response& r) {
  if (m.term > hard_.term)
    follow(m.term, {});
  if (!lost_ || furthest_tail_)
    return;
  tails_.insert_or_assign(m.from, r.last);
  if (tails_.size() + 1 < quorum_.voters().size())
    return;
  const auto before = [](const log_position& x, const log_position& y) {
    return x.term < y.term || (x.term == y.term && x.index < y.index);
  };
  log_position furthest;
  for (const auto& [name, last] : tails_)
    furthest = std::max(furthest, last, before);
  furthest_tail_ = furthest;
  const auto own = log_.last();
  if (!before(own, furthest))
    return clear_suspicion();
  lost_->last = std::min(lost_->last.value_or(furthest.index), furthest.index);
}

/// Whether a candidate whose log ends at `last` surely has all that this
/// replica helped to commit.
bool raft_fsm::may_trust(const log_position& last) const {
  if (!lost_)
    return true;
  if (!furthest_tail_)
    return false;
  return last.term > furthest_tail_->term
         || (last.term == furthest_tail_->term
             && last.index >= furthest_tail_->index);
}

/// Whether a log that agrees with the leader's up to `match` holds again all
/// that was lost and may be committed. Whoever leads has every entry that this
/// replica helped to commit; but an acknowledgement may still be on its way,
/// and how far the leader's own log goes is not said. Of an entry of a term
/// later than the loss it is known that everything lost is before it, and so
/// of one past the ends of all other logs as they were after it.
bool raft_fsm::supplies(log_index match) const {
  TROUPE_CHECK(lost_, "only a suspect replica waits for what it lost");
  const auto term = log_.term_at(match);
  return (lost_->last && match >= *lost_->last)
         || (term && (*term > lost_term_ || may_trust({match, *term})));
}

} // namespace troupe::raft
