#include "actors/state/state_core.hpp"

#include "messages/base/check.hpp"
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
  propose_parked(to_raft);
  run_raft(to_raft);
  // It may lead only since this step.
  if (commands_.has_parked() && raft_.role() == raft::role::leader) {
    to_raft.clear();
    propose_parked(to_raft);
    run_raft(to_raft);
  }
  forward_parked();
  settle_waiting();
  send_answers();
  snapshot_when_due();
  return std::exchange(effects_, {});
}

void state_core::run_raft(std::vector<raft::input>& inputs) {
  for (auto& from_raft : raft_.step(inputs))
    carry_out(from_raft);
}

void state_core::on(time_passed& in, std::vector<raft::input>& out) {
  wall_ = in.wall;
  mono_ = in.mono;
  out.push_back(raft::tick{});
  expire(in.wall, in.mono);
  commands_.age(config_.forward_patience_ticks);
  commands_.release();
  for (auto tag : barriers_.take_dropped())
    out.push_back(raft::read{raft::read_tag{tag.value()}});
  compact_when_due(out);
  if (resigning_)
    resign_leadership(out);
}

void state_core::on(propose_command& in, std::vector<raft::input>&) {
  auto& proposal = in.proposal;
  const auto deadline = proposal.deadline;
  if (deadline >= wall_ && over_quota(proposal))
    return answer(in.tag, store::overloaded{"the store is full"});
  proposal.deadline = std::min(deadline, latest_deadline());
  take(in.tag, std::move(proposal), deadline);
}

void state_core::on(raise_command& in, std::vector<raft::input>&) {
  take(in.tag, std::move(in.fence), in.deadline);
}

void state_core::take(ticket tag, store::command what, wall_time deadline) {
  if (deadline < wall_)
    return answer(tag, store::proposal_expired{});
  if (commands_.size() >= config_.proposals_max)
    return answer(tag, store::overloaded{"too many writes are waiting"});
  auto payload = store::encode_command(std::move(what));
  if (!payload)
    return answer(tag, store::overloaded{payload.error().message});
  commands_.add(tag, make_shared_bytes(std::move(*payload)),
                std::min(deadline, latest_deadline()));
}

void state_core::propose_parked(std::vector<raft::input>& out) {
  if (raft_.role() != raft::role::leader)
    return;
  for (auto tag : commands_.take_parked()) {
    raft::propose what{to_tag(tag), commands_.payload(tag), {}};
    if (const auto remote = origins_.find(tag); remote != origins_.end()) {
      if (commands_.was_tried(tag)) {
        drop_remote(tag);
        continue;
      }
      what.only_in = remote->second.term;
    }
    out.push_back(std::move(what));
  }
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

void state_core::on(snapshot_received& in, std::vector<raft::input>& out) {
  out.push_back(raft::snapshot_installed{in.at});
  received_ = std::move(in);
}

void state_core::on(resign&, std::vector<raft::input>& out) {
  resigning_ = true;
  resign_leadership(out);
}

/// Asked for again with every tick: an heir may be down, or not up to date.
void state_core::resign_leadership(std::vector<raft::input>& out) {
  const raft::progress* furthest = nullptr;
  raft::member_id heir;
  for (const auto& voter : config_.raft.voters) {
    const auto* one = raft_.follower(voter);
    if (one && one->active && (!furthest || one->match() > furthest->match())) {
      furthest = one;
      heir = voter;
    }
  }
  if (furthest)
    out.push_back(raft::transfer_leadership{heir});
}

void state_core::on(raft::input& in, std::vector<raft::input>& out) {
  out.push_back(std::move(in));
}

void state_core::carry_out(raft::effect& from_raft) {
  if (auto* committed = std::get_if<raft::apply_entries>(&from_raft))
    return apply(*committed);
  if (auto* placed = std::get_if<raft::proposal_appended>(&from_raft))
    return commands_.placed(to_ticket(placed->tag), placed->at);
  if (auto* dropped = std::get_if<raft::proposal_dropped>(&from_raft))
    return on_dropped(*dropped);
  if (auto* ready = std::get_if<raft::read_ready>(&from_raft))
    return barriers_.confirmed(to_ticket(ready->tag), ready->index);
  if (auto* lost = std::get_if<raft::read_dropped>(&from_raft))
    return barriers_.dropped(to_ticket(lost->tag));
  if (auto* restored = std::get_if<raft::restore_snapshot>(&from_raft))
    return restore(*restored);
  if (auto* role = std::get_if<raft::role_changed>(&from_raft))
    on_role(*role);
  effects_.push_back(std::move(from_raft));
}

void state_core::on_dropped(const raft::proposal_dropped& dropped) {
  const auto tag = to_ticket(dropped.tag);
  switch (dropped.reason) {
    case raft::drop_reason::not_leader:
    case raft::drop_reason::transferring:
      if (!origins_.contains(tag))
        return commands_.refused(tag);
      commands_.remove(tag);
      return answer(tag, store::not_leader{dropped.leader.value()});
    case raft::drop_reason::too_large:
    case raft::drop_reason::overloaded:
      break;
  }
  if (commands_.remove(tag))
    answer(tag, store::overloaded{std::string{to_string(dropped.reason)}});
}

void state_core::on_role(const raft::role_changed& now) {
  commands_.leader_is(now.leader);
  if (!now.leader.value().empty())
    commands_.release();
}

/// The applied state is another one from here on: what led to it is not told.
void state_core::restore(const raft::restore_snapshot& what) {
  TROUPE_CHECK(received_ && received_->at == what.at,
               "only a snapshot that was received is restored");
  store_ = std::move(*received_->store);
  received_.reset();
  applied_ = what.at;
  entries_since_snapshot_ = 0;
  bytes_since_snapshot_ = 0;
  commands_.covered(applied_.index);
  view_ = store_.snapshot();
  effects_.push_back(publish{view_, {}});
}

void state_core::apply(const raft::apply_entries& committed) {
  publish out;
  std::vector<std::pair<ticket, store::propose_outcome>> answers;
  for (const auto& entry : committed.entries) {
    applied_ = entry.at;
    const auto won = commands_.applied(entry.at);
    if (entry.kind != raft::entry_kind::command)
      continue;
    auto outcome = apply(entry, out);
    if (won)
      answers.emplace_back(*won, store::to_propose_outcome(std::move(outcome)));
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
  if (auto remote = origins_.extract(tag))
    answer_remote(remote.mapped(), std::move(outcome));
  else if (tag != nobody)
    effects_.push_back(answer_proposal{tag, std::move(outcome)});
}

void state_core::answer(ticket tag, store::barrier_outcome outcome) {
  effects_.push_back(answer_barrier{tag, outcome});
}

void state_core::settle_waiting() {
  for (auto& [tag, outcome] : commands_.settle(applied_.index))
    answer(tag, std::move(outcome));
  for (auto tag : barriers_.reached(applied_.index, store_.applied()))
    answer(tag, store::barrier_outcome::reached);
}

void state_core::expire(wall_time wall, mono_time mono) {
  for (auto tag : commands_.expired(wall)) {
    const bool tried = commands_.was_tried(tag);
    commands_.remove(tag);
    if (tried)
      answer(tag, store::outcome_unknown{});
    else
      answer(tag, store::not_leader{});
  }
  for (auto tag : barriers_.expired(mono)) {
    const bool dropped = barriers_.was_dropped(tag);
    barriers_.remove(tag);
    answer(tag, dropped ? store::barrier_outcome::unavailable
                        : store::barrier_outcome::timed_out);
  }
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
