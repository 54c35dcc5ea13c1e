#include "actors/state/waiting.hpp"

namespace troupe::state {

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

void barriers_waiting::dropped(ticket tag) {
  if (deadlines_.contains(tag))
    dropped_.insert(tag);
}

std::vector<ticket> barriers_waiting::take_dropped() {
  std::vector<ticket> out{dropped_.begin(), dropped_.end()};
  dropped_.clear();
  return out;
}

bool barriers_waiting::remove(ticket tag) {
  if (const auto row = confirmed_.extract(tag))
    by_index_.erase({row.mapped(), tag});
  if (const auto row = wanted_.extract(tag))
    by_revision_.erase({row.mapped(), tag});
  dropped_.erase(tag);
  return deadlines_.remove(tag);
}

} // namespace troupe::state
