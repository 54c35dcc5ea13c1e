#include "actors/state/command_table.hpp"

#include <utility>

namespace troupe::state {

void command_table::add(ticket tag, shared_bytes payload, wall_time deadline) {
  deadlines_.add(tag, deadline);
  auto& r = rows_[tag];
  r.payload = std::move(payload);
  r.deadline = deadline;
  parked_.push_back(tag);
}

std::vector<ticket> command_table::take_parked() {
  std::vector<ticket> out;
  for (auto tag : std::exchange(parked_, {}))
    if (const auto it = rows_.find(tag);
        it != rows_.end() && it->second.where == place::parked)
      out.push_back(tag);
  return out;
}

void command_table::placed(ticket tag, raft::log_position at) {
  const auto it = rows_.find(tag);
  if (it == rows_.end())
    return;
  auto& r = it->second;
  r.where = place::own_log;
  r.at = at;
  ++r.attempts;
  by_index_.emplace(at.index, tag);
}

void command_table::sent(ticket tag, const raft::member_id& leader,
                         std::uint64_t number) {
  auto& r = rows_.at(tag);
  r.where = place::sent;
  r.number = number;
  r.receiver = leader;
  r.age = 0;
  ++r.attempts;
  sent_.insert(tag);
}

bool command_table::is_attempt(ticket tag, std::uint64_t number) const {
  const auto it = rows_.find(tag);
  return it != rows_.end() && it->second.where == place::sent
         && it->second.number == number;
}

void command_table::refused(ticket tag) {
  const auto it = rows_.find(tag);
  if (it == rows_.end() || it->second.where == place::decided)
    return;
  auto& r = it->second;
  if (r.where == place::sent) {
    --r.attempts;
    sent_.erase(tag);
  }
  r.where = place::refused;
  refused_.push_back(tag);
}

void command_table::decided(ticket tag, raft::log_index applied,
                            store::propose_outcome outcome) {
  const auto it = rows_.find(tag);
  if (it == rows_.end() || it->second.where == place::decided)
    return;
  auto& r = it->second;
  leave_index(tag, r);
  sent_.erase(tag);
  r.where = place::decided;
  r.at = {applied, {}};
  r.outcome = std::move(outcome);
  by_index_.emplace(applied, tag);
}

void command_table::release() {
  for (auto tag : std::exchange(refused_, {}))
    if (const auto it = rows_.find(tag);
        it != rows_.end() && it->second.where == place::refused)
      park(tag, it->second);
}

void command_table::age(unsigned patience) {
  park_sent([&](row& r) { return ++r.age >= patience; });
}

void command_table::leader_is(const raft::member_id& leader) {
  park_sent([&](row& r) { return r.receiver != leader; });
}

template <class Predicate>
void command_table::park_sent(Predicate which) {
  for (auto it = sent_.begin(); it != sent_.end();) {
    const auto tag = *it;
    auto& r = rows_.at(tag);
    if (!which(r)) {
      ++it;
      continue;
    }
    it = sent_.erase(it);
    park(tag, r);
  }
}

std::optional<ticket> command_table::applied(raft::log_position at) {
  std::optional<ticket> won;
  const auto [first, last] = by_index_.equal_range(at.index);
  for (auto it = first; it != last;) {
    const auto tag = it->second;
    auto& r = rows_.at(tag);
    if (r.where != place::own_log) {
      ++it;
      continue;
    }
    if (r.at.term == at.term) {
      won = tag;
      ++it;
      continue;
    }
    it = by_index_.erase(it);
    park(tag, r);
  }
  if (won)
    remove(*won);
  return won;
}

void command_table::covered(raft::log_index through) {
  for (auto it = by_index_.begin();
       it != by_index_.end() && it->first <= through;) {
    const auto tag = it->second;
    auto& r = rows_.at(tag);
    if (r.where != place::own_log) {
      ++it;
      continue;
    }
    it = by_index_.erase(it);
    park(tag, r);
  }
}

std::vector<command_table::settled>
command_table::settle(raft::log_index applied) {
  std::vector<settled> out;
  for (auto it = by_index_.begin();
       it != by_index_.end() && it->first <= applied; ++it) {
    auto& r = rows_.at(it->second);
    if (r.where == place::decided)
      out.push_back({it->second, std::move(*r.outcome)});
  }
  for (const auto& one : out)
    remove(one.tag);
  return out;
}

bool command_table::remove(ticket tag) {
  const auto it = rows_.find(tag);
  if (it == rows_.end())
    return false;
  leave_index(tag, it->second);
  sent_.erase(tag);
  rows_.erase(it);
  return deadlines_.remove(tag);
}

void command_table::park(ticket tag, row& r) {
  r.where = place::parked;
  parked_.push_back(tag);
}

void command_table::leave_index(ticket tag, const row& r) {
  if (r.where != place::own_log && r.where != place::decided)
    return;
  const auto [first, last] = by_index_.equal_range(r.at.index);
  for (auto it = first; it != last; ++it)
    if (it->second == tag) {
      by_index_.erase(it);
      return;
    }
}

} // namespace troupe::state
