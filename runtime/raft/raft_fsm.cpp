#include "runtime/raft/raft_fsm.hpp"

#include "messages/base/check.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace troupe::raft {

namespace {

/// splitmix64: spreads any seed; the same seed, the same timeouts.
std::uint64_t next_random(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  auto z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/// Whether only the leader of its term sends such a message.
bool is_from_leader(const message_body& body) {
  return std::holds_alternative<append_request>(body)
         || std::holds_alternative<heartbeat>(body)
         || std::holds_alternative<snapshot_chunk>(body)
         || std::holds_alternative<timeout_now>(body);
}

} // namespace

raft_fsm::raft_fsm(config c, recovered_state found)
    : config_(std::move(c)), quorum_(config_.voters),
      hard_(std::move(found.hard)), snapshot_(found.snapshot),
      log_(found.snapshot, std::move(found.entries)),
      durability_(log_.last().index), applied_(found.snapshot.index),
      lost_(found.lost), random_(config_.seed) {
  TROUPE_CHECK(validate(config_).has_value(), "a replica's config is valid");
  // The log may have reached the disk before the term it came with. No vote
  // of that term can have left: votes wait for the hard state.
  if (hard_.term < log_.last().term)
    set_hard_state({log_.last().term, {}});
  lost_term_ = hard_.term;
  // Nobody else could have a copy.
  if (quorum_.voters().size() == 1)
    lost_.reset();
  told_.term = hard_.term;
  // Late answers to reads of an earlier life must match nothing in this one.
  forwarded_context_ = read_context{next_random(random_) >> 1};
  reset_election_timer();
}

std::vector<effect> raft_fsm::step(const input& in) {
  return step(std::span{&in, 1});
}

std::vector<effect> raft_fsm::step(std::span<const input> inputs) {
  TROUPE_CHECK(effects_.empty(), "a step starts with nothing left to do");
  for (const auto& in : inputs)
    std::visit([this](const auto& x) { on(x); }, in);
  return flush();
}

raft::role raft_fsm::role() const {
  if (const auto* c = std::get_if<candidate_state>(&role_))
    return c->pre_vote ? role::pre_candidate : role::candidate;
  return leading() ? role::leader : role::follower;
}

member_id raft_fsm::leader() const {
  if (leading())
    return config_.self;
  const auto* f = std::get_if<follower_state>(&role_);
  return f ? f->leader : member_id{};
}

const progress* raft_fsm::follower(const member_id& member) const {
  const auto* l = leading();
  if (!l)
    return nullptr;
  const auto found = l->followers.find(member);
  return found == l->followers.end() ? nullptr : &found->second;
}

void raft_fsm::on(const tick&) {
  ++elapsed_ticks_;
  if (leading()) {
    tick_leader();
    return;
  }
  ask_for_tails();
  tick_reads();
  tick_election();
}

void raft_fsm::on(const received& in) {
  const auto& m = in.message;
  const bool ours = m.group == config_.group && m.to == config_.self
                    && m.from != config_.self && quorum_.contains(m.from);
  if (!ours)
    return;
  if (std::holds_alternative<tail_request>(m.body))
    return on_tail_request(m);
  if (const auto* tail = std::get_if<tail_response>(&m.body))
    return on_tail_response(m, *tail);
  if (m.term < hard_.term) {
    answer_stale(m);
    return;
  }
  if (m.term > hard_.term && !adopt_term(m))
    return;
  if (is_from_leader(m.body))
    heard_leader(m.from);
  std::visit([&](const auto& body) { on_body(m, body); }, m.body);
}

void raft_fsm::on(const persisted& in) {
  durability_.persisted(in.through);
  settle_suspicion();
  count_votes();
  advance_commit();
}

/// False if the message, of a higher term, is to be ignored.
bool raft_fsm::adopt_term(const message& m) {
  TROUPE_CHECK(m.term > hard_.term, "only a higher term is adopted");
  if (const auto* r = std::get_if<vote_request>(&m.body)) {
    // 4.2.3: a server that hears from a leader heeds no other candidate,
    // unless that leader sent it.
    if (in_lease() && !r->transfer)
      return false;
    if (r->pre_vote)
      return true;
  }
  // The term of a granted pre-vote is the one asked about, not an election's.
  if (const auto* r = std::get_if<vote_response>(&m.body))
    if (r->pre_vote && r->granted)
      return true;
  follow(m.term, is_from_leader(m.body) ? m.from : member_id{});
  return true;
}

/// Tells a deposed leader, or a pre-candidate that is behind, of this term;
/// without it, a follower that campaigned while cut off would never get back
/// under a leader whose lower term it must refuse (9.6).
void raft_fsm::answer_stale(const message& m) {
  TROUPE_CHECK(m.term < hard_.term, "a stale message has a lower term");
  if (is_from_leader(m.body)) {
    send_to(m.from, append_rejected{{}, log_.last()});
    return;
  }
  const auto* r = std::get_if<vote_request>(&m.body);
  if (r && r->pre_vote)
    send_to(m.from, vote_response{true, false});
}

void raft_fsm::follow(raft::term t, member_id leader) {
  TROUPE_CHECK(t >= hard_.term, "the term never goes back");
  drop_reads();
  if (t > hard_.term)
    set_hard_state({t, {}});
  role_ = follower_state{std::move(leader)};
  reset_election_timer();
}

void raft_fsm::heard_leader(const member_id& from) {
  TROUPE_CHECK(!leading(), "a term has one leader");
  auto* f = following();
  if (!f || f->leader != from)
    follow(hard_.term, from);
  elapsed_ticks_ = 0;
}

void raft_fsm::set_hard_state(hard_state next) {
  TROUPE_CHECK(next.term >= hard_.term, "the term never goes back");
  TROUPE_CHECK(next.term > hard_.term || hard_.voted_for.value().empty()
                   || hard_.voted_for == next.voted_for,
               "a vote is not changed within a term");
  if (next == hard_)
    return;
  hard_ = std::move(next);
  durability_.hard_state_changed();
}

void raft_fsm::reset_election_timer() {
  elapsed_ticks_ = 0;
  const auto base = config_.election_timeout_ticks;
  timeout_ticks_ = base + static_cast<unsigned>(next_random(random_) % base);
}

void raft_fsm::send_to(const member_id& to, message_body body) {
  send_after(to, hard_.term, std::move(body), durability_.after_hard_state());
}

void raft_fsm::send_after(const member_id& to, raft::term t, message_body body,
                          storage_sequence after) {
  TROUPE_CHECK(to != config_.self, "a replica sends nothing to itself");
  TROUPE_CHECK(after >= durability_.after_hard_state(),
               "no message shows a term that a crash could take back");
  effects_.push_back(
      send{{config_.group, t, config_.self, to, std::move(body)}, after});
}

/// Ends a step: what the batch made possible is done once.
std::vector<effect> raft_fsm::flush() {
  if (quorum_.voters().size() == 1 && following())
    campaign(true, false);
  if (leading()) {
    advance_commit();
    begin_reads();
    send_appends();
  } else {
    forward_reads();
  }
  apply_committed();
  std::vector<effect> out;
  tell_role(out);
  auto storage =
      durability_.flush(hard_, log_.last().index, [this](log_index first) {
        return log_.range(first, log_.last().index);
      });
  std::move(storage.begin(), storage.end(), std::back_inserter(out));
  std::move(effects_.begin(), effects_.end(), std::back_inserter(out));
  effects_.clear();
  return out;
}

/// Only what is also durable here is applied, so that after a crash the log
/// still reaches what the state was built from.
void raft_fsm::apply_committed() {
  const auto upto = std::min(log_.commit(), durability_.durable_index());
  if (upto <= applied_)
    return;
  TROUPE_CHECK(applied_ >= log_.start().index, "no entry is skipped");
  effects_.push_back(apply_entries{log_.range(applied_.next(), upto)});
  applied_ = upto;
}

void raft_fsm::tell_role(std::vector<effect>& out) {
  const role_changed now{role(), hard_.term, leader()};
  if (now.role == told_.role && now.term == told_.term
      && now.leader == told_.leader)
    return;
  TROUPE_CHECK(now.term >= told_.term, "the term never goes back");
  told_ = now;
  out.push_back(now);
}

} // namespace troupe::raft
