#include "messages/base/check.hpp"
#include "runtime/raft/raft_fsm.hpp"

#include <algorithm>
#include <utility>

/// Linearizable reads without log entries (6.4) and without clocks: the
/// leader remembers its commit index and confirms by a round of heartbeats
/// that it still leads. Followers ask the leader for the index.
namespace troupe::raft {

void raft_fsm::on(const read& in) {
  if (auto* l = leading(); l && l->reads.size() < config_.pending_reads_max) {
    l->reads.add(in.tag);
    return;
  }
  auto* f = following();
  if (f && !f->leader.value().empty()) {
    std::size_t pending = f->waiting_reads.size();
    for (const auto& batch : f->forwarded_reads)
      pending += batch.tags.size();
    if (pending < config_.pending_reads_max) {
      f->waiting_reads.push_back(in.tag);
      return;
    }
  }
  effects_.push_back(read_dropped{in.tag});
}

void raft_fsm::forward_reads() {
  auto* f = following();
  if (!f || f->waiting_reads.empty())
    return;
  TROUPE_CHECK(!f->leader.value().empty(), "reads wait for a known leader");
  forwarded_context_ = forwarded_context_.next();
  f->forwarded_reads.push_back(
      {forwarded_context_, std::exchange(f->waiting_reads, {})});
  send_to(f->leader, read_request{forwarded_context_});
}

void raft_fsm::begin_reads() {
  auto* l = leading();
  TROUPE_CHECK(l, "only a leader begins a round");
  // 6.4, step 1: before it committed an entry of its term, a leader does not
  // know how far the log is committed.
  if (!l->reads.has_waiting() || log_.commit() < l->first)
    return;
  l->reads.begin(log_.commit());
  if (!l->followers.empty())
    broadcast_heartbeat();
  finish_reads();
}

void raft_fsm::finish_reads() {
  auto* l = leading();
  TROUPE_CHECK(l, "only a leader finishes a round");
  const auto confirmed = [&](read_context context) {
    const auto answer = [&](const member_id& m) -> std::optional<bool> {
      if (m == config_.self || l->followers.at(m).confirmed >= context)
        return true;
      return std::nullopt;
    };
    return quorum_.vote(answer) == vote_outcome::won;
  };
  for (const auto& round : l->reads.take(confirmed))
    for (const auto& r : round.reads)
      answer_read(r, round.index);
}

void raft_fsm::answer_read(const pending_read& r, log_index index) {
  TROUPE_CHECK(index <= log_.commit(), "a read index is committed");
  if (const auto* tag = std::get_if<read_tag>(&r)) {
    effects_.push_back(read_ready{*tag, index});
    return;
  }
  const auto& remote = std::get<remote_read>(r);
  send_to(remote.from, read_response{remote.context, index, true});
}

/// The role ends: what it promised to find out, it will not. Followers whose
/// reads wait here notice the change of leader, or give up by themselves.
void raft_fsm::drop_reads() {
  const auto dropped = [this](read_tag tag) {
    effects_.push_back(read_dropped{tag});
  };
  if (auto* l = leading()) {
    for (const auto& r : l->reads.drain())
      if (const auto* tag = std::get_if<read_tag>(&r))
        dropped(*tag);
  } else if (auto* f = following()) {
    for (const auto& batch : f->forwarded_reads)
      std::for_each(batch.tags.begin(), batch.tags.end(), dropped);
    std::for_each(f->waiting_reads.begin(), f->waiting_reads.end(), dropped);
    f->forwarded_reads.clear();
    f->waiting_reads.clear();
  }
}

/// The question or its answer may be lost: after an election timeout the
/// asker is told to try again.
void raft_fsm::tick_reads() {
  auto* f = following();
  if (!f)
    return;
  for (auto& batch : f->forwarded_reads)
    if (++batch.age_ticks >= config_.election_timeout_ticks)
      for (const auto tag : batch.tags)
        effects_.push_back(read_dropped{tag});
  std::erase_if(f->forwarded_reads, [this](const auto& batch) {
    return batch.age_ticks >= config_.election_timeout_ticks;
  });
}

void raft_fsm::on_body(const message& m, const read_request& r) {
  auto* l = leading();
  if (l && l->reads.size() < config_.pending_reads_max)
    l->reads.add(remote_read{m.from, r.context});
  else
    send_to(m.from, read_response{r.context, {}, false});
}

void raft_fsm::on_body(const message& m, const read_response& r) {
  auto* f = following();
  if (!f || f->leader != m.from)
    return;
  auto& batches = f->forwarded_reads;
  const auto found =
      std::find_if(batches.begin(), batches.end(), [&](const auto& batch) {
        return batch.context == r.context;
      });
  if (found == batches.end())
    return;
  for (const auto tag : found->tags) {
    if (r.served)
      effects_.push_back(read_ready{tag, r.index});
    else
      effects_.push_back(read_dropped{tag});
  }
  batches.erase(found);
}

} // namespace troupe::raft
