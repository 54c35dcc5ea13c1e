#include "actors/state/state_core.hpp"

#include "messages/protocol/store_codec.hpp"

#include <algorithm>

namespace troupe::state {

namespace {

/// Commands of the core's own, which nobody waits for.
constexpr ticket nobody{0};

raft::proposal_tag to_tag(ticket tag) {
  return raft::proposal_tag{tag.value()};
}

template <class Tag>
ticket to_ticket(Tag tag) {
  return ticket{tag.value()};
}

} // namespace

status_result state_config::validate() const {
  if (auto valid = raft::validate(raft); !valid)
    return valid;
  if (compaction_interval <= proposal_deadline_max)
    return error{errc::invalid_argument,
                 "compaction_interval must be longer than "
                 "proposal_deadline_max"};
  if (proposals_max == 0 || snapshot_entries == 0 || snapshot_bytes == 0)
    return error{errc::invalid_argument,
                 "proposals_max, snapshot_entries and snapshot_bytes must be "
                 "at least 1"};
  return unit{};
}

state_core::state_core(state_config config, raft::recovered_state found,
                       store::store_fsm restored)
    : config_(std::move(config)), raft_(config_.raft, std::move(found)),
      store_(std::move(restored)), view_(store_.snapshot()),
      applied_(raft_.snapshot()) {
  TROUPE_CHECK(config_.validate().has_value(),
               "a state core's configuration is valid");
}

std::vector<effect> state_core::step(std::span<input> inputs) {
  std::vector<raft::input> to_raft;
  for (auto& in : inputs)
    std::visit([&](auto& value) { on(value, to_raft); }, in);
  for (auto& from_raft : raft_.step(to_raft))
    carry_out(from_raft);
  settle_waiting();
  snapshot_when_due();
  return std::exchange(effects_, {});
}

void state_core::on(time_passed& in, std::vector<raft::input>& out) {
  wall_ = in.wall;
  mono_ = in.mono;
  out.push_back(raft::tick{});
  expire(in.wall, in.mono);
  compact_when_due(out);
}

void state_core::on(propose_command& in, std::vector<raft::input>& out) {
  auto& proposal = in.proposal;
  const auto deadline = proposal.deadline;
  if (deadline >= wall_ && over_quota(proposal))
    return answer(in.tag, store::overloaded{"the store is full"});
  proposal.deadline = std::min(deadline, latest_deadline());
  append(in.tag, std::move(proposal), deadline, out);
}

void state_core::on(raise_command& in, std::vector<raft::input>& out) {
  append(in.tag, std::move(in.fence), in.deadline, out);
}

void state_core::append(ticket tag, store::command what, wall_time deadline,
                        std::vector<raft::input>& out) {
  if (deadline < wall_)
    return answer(tag, store::proposal_expired{});
  if (proposals_.size() >= config_.proposals_max)
    return answer(tag, store::overloaded{"too many writes are waiting"});
  auto payload = store::encode_command(std::move(what));
  if (!payload)
    return answer(tag, store::overloaded{payload.error().message});
  proposals_.add(tag, std::min(deadline, latest_deadline()));
  out.push_back(
      raft::propose{to_tag(tag), make_shared_bytes(std::move(*payload))});
}

wall_time state_core::latest_deadline() const {
  return wall_ + config_.proposal_deadline_max;
}

void state_core::on(read_barrier& in, std::vector<raft::input>& out) {
  barriers_.add_read(in.tag, in.deadline);
  out.push_back(raft::read{raft::read_tag{in.tag.value()}});
}

void state_core::on(wait_revision& in, std::vector<raft::input>&) {
  barriers_.add_revision(in.tag, in.at, in.deadline);
}

void state_core::on(snapshot_saved& in, std::vector<raft::input>& out) {
  snapshot_running_ = false;
  if (in.durable)
    out.push_back(raft::snapshot_taken{in.at});
}

void state_core::on(raft::input& in, std::vector<raft::input>& out) {
  out.push_back(std::move(in));
}

void state_core::carry_out(raft::effect& from_raft) {
  if (auto* committed = std::get_if<raft::apply_entries>(&from_raft))
    return apply(*committed);
  if (auto* placed = std::get_if<raft::proposal_appended>(&from_raft))
    return proposals_.placed(to_ticket(placed->tag), placed->at);
  if (auto* dropped = std::get_if<raft::proposal_dropped>(&from_raft))
    return on_dropped(*dropped);
  if (auto* ready = std::get_if<raft::read_ready>(&from_raft))
    return barriers_.confirmed(to_ticket(ready->tag), ready->index);
  if (auto* lost = std::get_if<raft::read_dropped>(&from_raft)) {
    const auto tag = to_ticket(lost->tag);
    if (barriers_.remove(tag))
      answer(tag, store::barrier_outcome::unavailable);
    return;
  }
  effects_.push_back(std::move(from_raft));
}

void state_core::on_dropped(const raft::proposal_dropped& dropped) {
  const auto tag = to_ticket(dropped.tag);
  if (!proposals_.remove(tag))
    return;
  switch (dropped.reason) {
    case raft::drop_reason::not_leader:
    case raft::drop_reason::transferring:
      return answer(tag, store::not_leader{dropped.leader.value()});
    case raft::drop_reason::too_large:
    case raft::drop_reason::overloaded:
      break;
  }
  answer(tag, store::overloaded{std::string{to_string(dropped.reason)}});
}

void state_core::apply(const raft::apply_entries& committed) {
  publish out;
  std::vector<std::pair<ticket, store::propose_outcome>> answers;
  for (const auto& entry : committed.entries) {
    applied_ = entry.at;
    auto settled = proposals_.applied(entry.at);
    for (auto tag : settled.lost)
      answers.emplace_back(tag, store::not_leader{raft_.leader().value()});
    if (entry.kind != raft::entry_kind::command)
      continue;
    auto outcome = apply(entry, out);
    if (settled.won)
      answers.emplace_back(*settled.won,
                           store::to_propose_outcome(std::move(outcome)));
  }
  view_ = store_.snapshot();
  out.view = view_;
  effects_.push_back(std::move(out));
  for (auto& [tag, outcome] : answers)
    answer(tag, std::move(outcome));
}

store::apply_outcome state_core::apply(const raft::entry& entry, publish& out) {
  ++entries_since_snapshot_;
  bytes_since_snapshot_ += entry.payload->size();
  auto command = store::decode_command(*entry.payload);
  TROUPE_CHECK(command.has_value(),
               "a committed command can be read by every replica");
  auto result = store_.apply(std::move(*command));
  std::move(result.events.begin(), result.events.end(),
            std::back_inserter(out.events));
  return std::move(result.outcome);
}

void state_core::answer(ticket tag, store::propose_outcome outcome) {
  if (tag != nobody)
    effects_.push_back(answer_proposal{tag, std::move(outcome)});
}

void state_core::answer(ticket tag, store::barrier_outcome outcome) {
  effects_.push_back(answer_barrier{tag, outcome});
}

void state_core::settle_waiting() {
  for (auto tag : barriers_.reached(applied_.index, store_.applied()))
    answer(tag, store::barrier_outcome::reached);
}

void state_core::expire(wall_time wall, mono_time mono) {
  for (auto tag : proposals_.expired(wall))
    answer(tag, store::outcome_unknown{});
  for (auto tag : barriers_.expired(mono))
    answer(tag, store::barrier_outcome::timed_out);
}

void state_core::compact_when_due(std::vector<raft::input>& out) {
  if (raft_.role() != raft::role::leader) {
    compaction_due_.reset();
    return;
  }
  if (compaction_due_ && mono_ < *compaction_due_)
    return;
  // The first time only notes where the store stands.
  if (compaction_due_ && compact_up_to_ > store_.compacted()) {
    auto payload = store::encode_command(store::compact{compact_up_to_});
    TROUPE_CHECK(payload.has_value(), "a compaction is small");
    out.push_back(
        raft::propose{to_tag(nobody), make_shared_bytes(std::move(*payload))});
  }
  compaction_due_ = mono_ + config_.compaction_interval;
  compact_up_to_ = store_.applied();
}

void state_core::snapshot_when_due() {
  if (snapshot_running_
      || (entries_since_snapshot_ < config_.snapshot_entries
          && bytes_since_snapshot_ < config_.snapshot_bytes))
    return;
  snapshot_running_ = true;
  entries_since_snapshot_ = 0;
  bytes_since_snapshot_ = 0;
  effects_.push_back(save_snapshot{view_, applied_});
}

bool state_core::over_quota(const store::proposal& proposal) const {
  std::uint64_t added = 0;
  for (const auto& op : proposal.ops)
    if (const auto* put = std::get_if<store::put>(&op))
      added += put->value->size();
  return added > 0 && store_.bytes_used() + added > config_.quota_bytes;
}

} // namespace troupe::state
