#include "messages/base/check.hpp"
#include "runtime/raft/raft_fsm.hpp"

#include <algorithm>

/// Log compaction (5.1) and chunked transfer of snapshots to followers that
/// need what was compacted (5.1.2, InstallSnapshot). Only positions and
/// offsets pass through here; octets stay with the driver.
namespace troupe::raft {

void raft_fsm::on(const snapshot_taken& in) {
  TROUPE_CHECK(in.at.index <= applied_, "a snapshot holds applied entries");
  // An older one may finish late, after a newer one was installed.
  if (in.at.index <= snapshot_.index)
    return;
  TROUPE_CHECK(log_.holds(in.at), "a snapshot ends at an entry of the log");
  snapshot_ = in.at;
  if (in.at.index.value() <= config_.kept_entries)
    return;
  const log_index up_to{in.at.index.value() - config_.kept_entries};
  if (up_to <= log_.start().index)
    return;
  log_.compact(up_to);
  effects_.push_back(compact_log{up_to});
}

void raft_fsm::send_chunk(const member_id& to, const progress::installing& i) {
  TROUPE_CHECK(leading(), "only a leader sends snapshots");
  effects_.push_back(send_snapshot_chunk{
      {config_.group, hard_.term, config_.self, to,
       snapshot_chunk{i.snapshot, i.offset, false, nullptr}},
      durability_.after_hard_state()});
}

/// A chunk or its answer was lost if nothing moved for an election timeout.
void raft_fsm::tick_snapshots() {
  for (auto& [name, p] : leading()->followers) {
    auto* i = p.installation();
    if (!i || ++i->idle_ticks < config_.election_timeout_ticks)
      continue;
    i->idle_ticks = 0;
    send_chunk(name, *i);
  }
}

void raft_fsm::on(const snapshot_unreadable& in) {
  auto* l = leading();
  if (!l)
    return;
  const auto found = l->followers.find(in.to);
  if (found == l->followers.end())
    return;
  auto* i = found->second.installation();
  if (!i || i->snapshot.index != in.index)
    return;
  // The newest is kept; asked for at the next retry, so that a driver that
  // cannot read it either is not asked in a circle.
  i->snapshot = snapshot_;
  i->offset = 0;
  i->idle_ticks = 0;
}

void raft_fsm::on_body(const message& m, const snapshot_ack& r) {
  auto* l = leading();
  if (!l)
    return;
  auto& p = l->followers.at(m.from);
  p.active = true;
  auto* i = p.installation();
  if (!i || i->snapshot.index != r.index)
    return;
  // A repeated answer must not start a second stream of chunks, nor a follower
  // without room for them a stream without an end: going back waits for the
  // next retry.
  const bool goes_on = r.offset > i->offset;
  i->offset = r.offset;
  if (!goes_on)
    return;
  i->idle_ticks = 0;
  send_chunk(m.from, *i);
}

void raft_fsm::on_body(const message& m, const snapshot_chunk& r) {
  auto* f = following();
  TROUPE_CHECK(f, "a leader's message was heard");
  if (r.at.index <= log_.commit()) {
    accept(m.from, log_.commit());
    return;
  }
  if ((!f->intake || f->intake->at != r.at) && r.offset == 0)
    f->intake = follower_state::arrival{r.at};
  if (!f->intake || f->intake->at != r.at) {
    send_to(m.from, snapshot_ack{r.at.index, 0});
    return;
  }
  if (f->intake->complete)
    return;
  if (r.offset == f->intake->offset) {
    effects_.push_back(write_snapshot_chunk{r});
    f->intake->offset += r.data ? r.data->size() : 0;
    f->intake->complete = r.last;
  }
  if (!f->intake->complete)
    send_to(m.from, snapshot_ack{r.at.index, f->intake->offset});
}

void raft_fsm::on(const snapshot_installed& in) {
  auto* f = following();
  if (f && f->intake && f->intake->at == in.at)
    f->intake.reset();
  // Appends may have brought the log further in the meantime.
  if (in.at.index <= log_.commit())
    return;
  // It may lead by now, and not know yet how far the log is committed.
  TROUPE_CHECK(!leading() || log_.holds(in.at),
               "a leader's log has what any snapshot holds");
  if (!log_.holds(in.at)) {
    log_.reset(in.at);
    durability_.log_reset(in.at);
  } else {
    // 5.1.2: what follows the snapshot's end is kept.
    log_.commit_to(in.at.index);
    log_.compact(in.at.index);
    durability_.covered(in.at);
    effects_.push_back(compact_log{in.at.index});
  }
  snapshot_ = in.at;
  applied_ = in.at.index;
  effects_.push_back(restore_snapshot{in.at});
  if (f && !f->leader.value().empty())
    accept(f->leader, in.at.index);
}

void raft_fsm::on(const snapshot_refused& in) {
  auto* f = following();
  if (!f || !f->intake || f->intake->at != in.at)
    return;
  f->intake.reset();
  if (!f->leader.value().empty())
    send_to(f->leader, snapshot_ack{in.at.index, 0});
}

} // namespace troupe::raft
