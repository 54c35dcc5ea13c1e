#include "messages/base/check.hpp"
#include "runtime/raft/raft_fsm.hpp"

#include <algorithm>

/// Log replication (3.5) and commitment (3.6). Appends are pipelined (10.2.2)
/// and leave before the leader's own disk write is done (10.2.1).
namespace troupe::raft {

void raft_fsm::on(const propose& in) {
  TROUPE_CHECK(in.payload, "a proposal has a payload");
  auto* l = leading();
  const bool late = in.only_in.value() != 0 && in.only_in != hard_.term;
  if (!l || late)
    return drop(in.tag, drop_reason::not_leader);
  if (l->transfer)
    return drop(in.tag, drop_reason::transferring);
  if (in.payload->size() > config_.proposal_bytes_max)
    return drop(in.tag, drop_reason::too_large);
  const auto last = log_.last().index;
  TROUPE_CHECK(log_.commit() <= last, "commit never passes the log");
  if (last.value() - log_.commit().value() >= config_.uncommitted_entries_max)
    return drop(in.tag, drop_reason::overloaded);
  const log_position at{last.next(), hard_.term};
  log_.append({at, entry_kind::command, in.payload});
  durability_.log_changed(std::nullopt);
  effects_.push_back(proposal_appended{in.tag, at});
}

void raft_fsm::drop(proposal_tag tag, drop_reason why) {
  effects_.push_back(proposal_dropped{tag, why, leader()});
}

/// One append from the follower's next place on, or the snapshot if that place
/// was compacted.
void raft_fsm::send_append(const member_id& to, progress& p) {
  if (p.next() <= log_.start().index) {
    TROUPE_CHECK(snapshot_.index >= log_.start().index,
                 "a snapshot covers what was compacted");
    p.install(snapshot_);
    send_chunk(to, *p.installation());
    return;
  }
  const log_index before{p.next().value() - 1};
  const auto term = log_.term_at(before);
  TROUPE_CHECK(term.has_value(), "the leader's log reaches a follower's next");
  append_request request{{before, *term}, log_.commit(), {}};
  if (p.next() <= log_.last().index)
    request.entries = log_.slice(p.next(), config_.append_entries_max,
                                 config_.append_bytes_max);
  p.sent(request.entries.size(), log_.commit());
  send_to(to, std::move(request));
}

void raft_fsm::send_appends() {
  auto* l = leading();
  TROUPE_CHECK(l, "only a leader sends appends");
  for (auto& [name, p] : l->followers) {
    // A probe goes out even when empty: it is how the match becomes known.
    const auto has_news = [&] {
      return p.is_probing() || p.next() <= log_.last().index
             || p.commit_told() < log_.commit();
    };
    while (has_news() && p.may_send(config_.inflight_appends_max))
      send_append(name, p);
  }
}

void raft_fsm::advance_commit() {
  auto* l = leading();
  if (!l)
    return;
  const auto reached = quorum_.committed([&](const member_id& m) {
    // 10.2.1: the leader is one of its followers, as fast as its disk.
    return m == config_.self ? durability_.durable_index()
                             : l->followers.at(m).match();
  });
  TROUPE_CHECK(reached <= log_.last().index, "a match is in the leader's log");
  // 3.6.2: entries of earlier terms are committed only by way of one of this
  // term; counting their copies proves nothing (figure 3.7).
  if (reached > log_.commit() && log_.term_at(reached) == hard_.term)
    log_.commit_to(reached);
}

void raft_fsm::accept(const member_id& to, log_index match) {
  TROUPE_CHECK(match <= log_.last().index, "only what is held is accepted");
  if (lost_) {
    if (!supplied_ && supplies(match))
      supplied_ = match;
    // No acknowledgement, but the leader is to go on from there.
    if (!supplied_) {
      reject(to, {match, log_.term_at(match).value_or(raft::term{})});
      return;
    }
    settle_suspicion();
  }
  send_after(to, hard_.term, append_accepted{match},
             durability_.after_log(match));
}

void raft_fsm::reject(const member_id& to, log_position previous) {
  send_to(to, append_rejected{previous.index, log_.last_agreement(previous),
                              is_suspect()});
}

void raft_fsm::on_body(const message& m, const append_request& r) {
  TROUPE_CHECK(following(), "a leader's message was heard");
  if (r.previous.index < log_.start().index) {
    // What was compacted was committed, so that the logs agree there.
    accept(m.from, log_.commit());
    return;
  }
  if (!log_.holds(r.previous)) {
    reject(m.from, r.previous);
    return;
  }
  const auto before = log_.last();
  const auto dropped = log_.merge(r.entries);
  if (log_.last() != before)
    durability_.log_changed(dropped);
  const auto match = r.previous.index.plus(r.entries.size());
  log_.commit_to(std::min(r.commit, match));
  accept(m.from, match);
}

void raft_fsm::on_body(const message& m, const append_accepted& r) {
  auto* l = leading();
  // No correct follower accepts what this leader does not hold.
  if (!l || r.match > log_.last().index)
    return;
  auto& p = l->followers.at(m.from);
  p.active = true;
  if (!p.accepted(r.match))
    return;
  advance_commit();
  advance_transfer();
}

void raft_fsm::on_body(const message& m, const append_rejected& r) {
  auto* l = leading();
  if (!l)
    return;
  auto& p = l->followers.at(m.from);
  p.active = true;
  // Below the compacted prefix's end terms are gone: the snapshot bridges the
  // gap. So it does where not even that end is agreed on.
  const auto start = log_.start();
  auto agreement = r.hint.index;
  if (r.hint.index >= start.index)
    agreement = r.hint.term < start.term ? log_index{start.index.value() - 1}
                                         : log_.last_agreement(r.hint).index;
  if (r.suspect)
    p.lost_tail(agreement);
  else
    p.rejected(r.previous, agreement.next());
}

} // namespace troupe::raft
