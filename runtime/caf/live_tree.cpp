#include "runtime/caf/live_tree.hpp"

#include "runtime/caf/door.hpp"

#include <caf/send.hpp>

namespace troupe::actors {

void live_tree::add(const std::shared_ptr<door_base>& entrance) {
  std::lock_guard guard{mutex_};
  doors_[entrance->address()] = entrance;
}

void live_tree::remove(const door_base& entrance) {
  std::lock_guard guard{mutex_};
  const auto at = doors_.find(entrance.address());
  if (at != doors_.end() && at->second.lock().get() == &entrance)
    doors_.erase(at);
}

std::vector<door_report> live_tree::report(const std::string& after,
                                           std::size_t most, mono_time now) {
  std::lock_guard guard{mutex_};
  std::vector<door_report> out;
  auto at = doors_.upper_bound(after);
  while (at != doors_.end() && out.size() < most) {
    const auto entrance = at->second.lock();
    if (entrance)
      out.push_back(entrance->report(now));
    at = entrance ? std::next(at) : doors_.erase(at);
  }
  return out;
}

kill_outcome live_tree::kill(const std::string& address,
                             const std::function<void()>& before) {
  const auto entrance = find(address);
  if (!entrance)
    return kill_outcome::unknown;
  const auto actor = entrance->current();
  if (!actor)
    return kill_outcome::down;
  before();
  caf::anon_send_exit(actor, caf::exit_reason::kill);
  return kill_outcome::killed;
}

std::shared_ptr<door_base> live_tree::find(const std::string& address) {
  std::lock_guard guard{mutex_};
  const auto at = doors_.find(address);
  return at == doors_.end() ? nullptr : at->second.lock();
}

} // namespace troupe::actors
