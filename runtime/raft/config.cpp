#include "runtime/raft/config.hpp"

#include <algorithm>

namespace troupe::raft {

namespace {

error invalid(const char* what) {
  return {errc::invalid_argument, std::string{"raft config: "} + what};
}

} // namespace

status_result validate(const config& c) {
  auto voters = c.voters;
  std::sort(voters.begin(), voters.end());
  if (voters.empty())
    return invalid("voters is empty");
  if (voters.front().value().empty())
    return invalid("voters has an empty name");
  if (std::adjacent_find(voters.begin(), voters.end()) != voters.end())
    return invalid("voters names a member twice");
  if (!std::binary_search(voters.begin(), voters.end(), c.self))
    return invalid("self is not among the voters");
  if (c.heartbeat_ticks == 0)
    return invalid("heartbeat_ticks is 0");
  if (c.election_timeout_ticks <= 2 * c.heartbeat_ticks)
    return invalid("election_timeout_ticks is not above 2 heartbeat_ticks");
  if (c.append_entries_max == 0)
    return invalid("append_entries_max is 0");
  if (c.inflight_appends_max == 0)
    return invalid("inflight_appends_max is 0");
  if (c.uncommitted_entries_max == 0)
    return invalid("uncommitted_entries_max is 0");
  return unit{};
}

} // namespace troupe::raft
