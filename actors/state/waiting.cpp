#include "actors/state/waiting.hpp"

namespace troupe::state {

void proposals_in_flight::add(ticket tag, wall_time deadline) {
  deadlines_.add(tag, deadline);
}

void proposals_in_flight::placed(ticket tag, raft::log_position at) {
  if (!deadlines_.contains(tag))
    return;
  places_.emplace(tag, at);
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
    if (places_.at(tag).term == at.term)
      out.won = tag;
    else
      out.lost.push_back(tag);
    remove(tag);
  }
  return out;
}

std::vector<ticket> proposals_in_flight::expired(wall_time now) {
  auto out = deadlines_.expired(now);
  for (auto tag : out)
    remove(tag);
  return out;
}

bool proposals_in_flight::remove(ticket tag) {
  if (const auto place = places_.extract(tag)) {
    const auto [first, last] = by_index_.equal_range(place.mapped().index);
    for (auto it = first; it != last; ++it)
      if (it->second == tag) {
        by_index_.erase(it);
        break;
      }
  }
  return deadlines_.remove(tag);
}

void barriers_waiting::add_read(ticket tag, mono_time deadline) {
  deadlines_.add(tag, deadline);
}

void barriers_waiting::add_revision(ticket tag, store::revision at,
                                    mono_time deadline) {
  add_read(tag, deadline);
  wanted_.emplace(tag, at);
  by_revision_.emplace(at, tag);
}

void barriers_waiting::confirmed(ticket tag, raft::log_index index) {
  if (!deadlines_.contains(tag) || !confirmed_.emplace(tag, index).second)
    return;
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
  auto out = deadlines_.expired(now);
  for (auto tag : out)
    remove(tag);
  return out;
}

bool barriers_waiting::remove(ticket tag) {
  if (const auto row = confirmed_.extract(tag))
    by_index_.erase({row.mapped(), tag});
  if (const auto row = wanted_.extract(tag))
    by_revision_.erase({row.mapped(), tag});
  return deadlines_.remove(tag);
}

} // namespace troupe::state
