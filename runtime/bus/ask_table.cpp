#include "runtime/bus/ask_table.hpp"

#include "runtime/bus/subject.hpp"

#include <algorithm>

namespace troupe::bus {

bool answers_for(const bus_peer& from, const bus_peer& to) {
  return from == to
         || (from.role == server_role && to.role == server_role
             && to.name == any_name);
}

bool ask_table::add(std::uint64_t id, bus_peer to, mono_time deadline) {
  if (asks_.size() >= asks_max)
    return false;
  const auto fresh = asks_.emplace(id, ask{std::move(to), deadline}).second;
  TROUPE_CHECK(fresh, "ids of asks do not repeat");
  deadlines_.emplace(deadline, id);
  return true;
}

bool ask_table::take(std::uint64_t id, const bus_peer& from) {
  const auto found = asks_.find(id);
  return found != asks_.end() && answers_for(from, found->second.to)
         && drop(id);
}

bool ask_table::drop(std::uint64_t id) {
  const auto found = asks_.find(id);
  if (found == asks_.end())
    return false;
  deadlines_.erase({found->second.deadline, id});
  asks_.erase(found);
  return true;
}

std::vector<std::uint64_t> ask_table::asked_of(const bus_peer& peer) const {
  std::vector<std::uint64_t> out;
  for (const auto& [id, one] : asks_)
    if (one.to == peer)
      out.push_back(id);
  std::ranges::sort(out);
  return out;
}

std::vector<std::uint64_t> ask_table::expire(mono_time now) {
  std::vector<std::uint64_t> out;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    out.push_back(deadlines_.begin()->second);
    drop(out.back());
  }
  return out;
}

std::vector<std::uint64_t> ask_table::clear() {
  std::vector<std::uint64_t> out;
  for (auto& [deadline, id] : deadlines_)
    out.push_back(id);
  deadlines_.clear();
  asks_.clear();
  return out;
}

std::optional<mono_time> ask_table::next_wake() const {
  if (deadlines_.empty())
    return std::nullopt;
  return deadlines_.begin()->first;
}

} // namespace troupe::bus
