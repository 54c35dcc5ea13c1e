#include "actors/state/state_core.hpp"
#include "messages/protocol/store_codec.hpp"

#include <algorithm>

/// Commands of replicas that do not lead, on both sides. An attempt is heeded
/// only in the term it was made for and in the order it was made, so that of
/// two attempts the earlier never takes effect after the later was refused.
namespace troupe::state {

namespace {

constexpr std::uint64_t remote_bit = std::uint64_t{1} << 63;

/// Octets of commands in one message, unless the first alone has more.
constexpr std::size_t forward_bytes_max = std::size_t{1} << 20;

} // namespace

void state_core::forward_parked() {
  const auto leader = raft_.leader();
  if (leader.value().empty() || leader == config_.raft.self)
    return;
  forward_request request;
  std::size_t octets = 0;
  const auto flush = [&] {
    if (request.commands.empty())
      return;
    request.group = config_.raft.group;
    request.term = raft_.term();
    request.from = config_.raft.self;
    request.to = leader;
    request.life = config_.raft.seed;
    request.number = ++last_forward_;
    effects_.push_back(send_forward{std::exchange(request, {})});
    octets = 0;
  };
  for (auto tag : commands_.take_parked()) {
    if (origins_.contains(tag)) {
      drop_remote(tag);
      continue;
    }
    const auto& payload = commands_.payload(tag);
    if (octets + payload->size() > forward_bytes_max
        || request.commands.size() == forwards_max)
      flush();
    octets += payload->size();
    request.commands.push_back({tag.value(), commands_.deadline(tag), payload});
    commands_.sent(tag, leader, last_forward_ + 1);
  }
  flush();
}

/// An attempt of another replica's ended without an outcome: it makes another
/// one, or has made it already.
void state_core::drop_remote(ticket tag) {
  commands_.remove(tag);
  origins_.erase(tag);
}

void state_core::on(forward_request& in, std::vector<raft::input>&) {
  if (in.group != config_.raft.group || in.to != config_.raft.self)
    return;
  const bool leads = raft_.role() == raft::role::leader;
  if (!leads || in.term != raft_.term()) {
    for (const auto& one : in.commands)
      answer_remote({in.from, in.life, in.number, one.tag, in.term},
                    store::not_leader{raft_.leader().value()});
    return;
  }
  if (forwards_term_ != in.term) {
    forwards_.clear();
    forwards_term_ = in.term;
  }
  auto& last = forwards_[{in.from, in.life}];
  if (in.number <= last)
    return;
  last = in.number;
  for (auto& one : in.commands)
    take_remote(in, one);
}

void state_core::take_remote(const forward_request& from,
                             forwarded_command& one) {
  const ticket tag{remote_bit | ++last_remote_};
  origins_.emplace(
      tag, origin{from.from, from.life, from.number, one.tag, from.term});
  // Nothing may reach the log that a replica could not read.
  auto command = store::decode_command(*one.payload);
  if (!command)
    return answer(tag, store::overloaded{command.error().message});
  if (auto* proposal = std::get_if<store::proposal>(&*command)) {
    if (one.deadline >= wall_ && over_quota(*proposal))
      return answer(tag, store::overloaded{"the store is full"});
    // Past this, compaction could forget the proposal before its deadline.
    proposal->deadline = std::min(proposal->deadline, latest_deadline());
  }
  take(tag, std::move(*command), one.deadline);
}

void state_core::on(forward_answer& in, std::vector<raft::input>&) {
  if (in.group != config_.raft.group || in.to != config_.raft.self
      || in.life != config_.raft.seed)
    return;
  for (auto& one : in.outcomes) {
    const ticket tag{one.tag};
    // An earlier attempt's outcome says nothing about this one.
    if (!commands_.is_attempt(tag, one.number))
      continue;
    // Of these the leader says that this attempt did nothing. An earlier one
    // may have.
    const bool untried =
        std::holds_alternative<store::proposal_expired>(one.outcome)
        || std::holds_alternative<store::overloaded>(one.outcome);
    if (std::holds_alternative<store::not_leader>(one.outcome)
        || (untried && commands_.was_repeated(tag)))
      commands_.refused(tag);
    else if (!std::holds_alternative<store::outcome_unknown>(one.outcome))
      commands_.decided(tag, one.applied, std::move(one.outcome));
  }
}

void state_core::answer_remote(const origin& to,
                               store::propose_outcome outcome) {
  auto& answer = answers_[{to.member, to.life}];
  answer.outcomes.push_back(
      {to.number, to.tag, applied_.index, std::move(outcome)});
}

void state_core::send_answers() {
  for (auto& [to, answer] : std::exchange(answers_, {})) {
    answer.group = config_.raft.group;
    answer.from = config_.raft.self;
    answer.to = to.first;
    answer.life = to.second;
    // What does not fit one message is as lost; it will be asked for again.
    if (answer.outcomes.size() > forwards_max)
      answer.outcomes.resize(forwards_max);
    effects_.push_back(send_forward{std::move(answer)});
  }
}

} // namespace troupe::state
