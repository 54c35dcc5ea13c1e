#include "actors/state/waiting.hpp"

namespace troupe::state {

void proposals_in_flight::add(ticket tag, wall_time deadline) {
  by_ticket_.emplace(tag, waiting{deadline, std::nullopt});
  by_deadline_.emplace(deadline, tag);
}

void proposals_in_flight::placed(ticket tag, raft::log_position at) {
  const auto it = by_ticket_.find(tag);
  if (it == by_ticket_.end())
    return;
  it->second.at = at;
  by_index_.emplace(at.index, tag);
}

proposals_in_flight::settled
proposals_in_flight::applied(raft::log_position at) {
  settled out;
  const auto [first, last] = by_index_.equal_range(at.index);
  std::vector<ticket> here;
  for (auto it = first; it != last; ++it)
    here.push_back(it->second);
  for (auto tag : here) {
    if (by_ticket_.at(tag).at->term == at.term)
      out.won = tag;
    else
      out.lost.push_back(tag);
    remove(tag);
  }
  return out;
}

std::vector<ticket> proposals_in_flight::expired(wall_time now) {
  std::vector<ticket> out;
  for (const auto& [deadline, tag] : by_deadline_) {
    if (deadline >= now)
      break;
    out.push_back(tag);
  }
  for (auto tag : out)
    remove(tag);
  return out;
}

bool proposals_in_flight::remove(ticket tag) {
  const auto it = by_ticket_.find(tag);
  if (it == by_ticket_.end())
    return false;
  by_deadline_.erase({it->second.deadline, tag});
  if (it->second.at) {
    const auto [first, last] = by_index_.equal_range(it->second.at->index);
    for (auto place = first; place != last; ++place)
      if (place->second == tag) {
        by_index_.erase(place);
        break;
      }
  }
  by_ticket_.erase(it);
  return true;
}

void barriers_waiting::add_read(ticket tag, mono_time deadline) {
  deadlines_.emplace(tag, deadline);
  by_deadline_.emplace(deadline, tag);
}

void barriers_waiting::add_revision(ticket tag, store::revision at,
                                    mono_time deadline) {
  add_read(tag, deadline);
  by_revision_.emplace(at, tag);
}

void barriers_waiting::confirmed(ticket tag, raft::log_index index) {
  if (deadlines_.contains(tag))
    by_index_.emplace(index, tag);
}

std::vector<ticket> barriers_waiting::reached(raft::log_index index,
                                              store::revision revision) {
  std::vector<ticket> out;
  for (const auto& [at, tag] : by_index_) {
    if (at > index)
      break;
    out.push_back(tag);
  }
  for (const auto& [at, tag] : by_revision_) {
    if (at > revision)
      break;
    out.push_back(tag);
  }
  for (auto tag : out)
    remove(tag);
  return out;
}

std::vector<ticket> barriers_waiting::expired(mono_time now) {
  std::vector<ticket> out;
  for (const auto& [deadline, tag] : by_deadline_) {
    if (deadline >= now)
      break;
    out.push_back(tag);
  }
  for (auto tag : out)
    remove(tag);
  return out;
}

bool barriers_waiting::remove(ticket tag) {
  const auto it = deadlines_.find(tag);
  if (it == deadlines_.end())
    return false;
  by_deadline_.erase({it->second, tag});
  std::erase_if(by_index_, [&](const auto& row) { return row.second == tag; });
  std::erase_if(by_revision_,
                [&](const auto& row) { return row.second == tag; });
  deadlines_.erase(it);
  return true;
}

} // namespace troupe::state
