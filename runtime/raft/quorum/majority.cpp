#include "runtime/raft/quorum/majority.hpp"

#include "messages/base/check.hpp"

#include <algorithm>

namespace troupe::raft {

majority_quorum::majority_quorum(std::vector<member_id> voters)
    : voters_(std::move(voters)) {
  std::sort(voters_.begin(), voters_.end());
  TROUPE_CHECK(!voters_.empty(), "a group has a voter");
  TROUPE_CHECK(std::adjacent_find(voters_.begin(), voters_.end())
                   == voters_.end(),
               "a voter has one vote");
}

bool majority_quorum::contains(const member_id& member) const {
  return std::binary_search(voters_.begin(), voters_.end(), member);
}

log_index majority_quorum::committed(
    const std::function<log_index(const member_id&)>& reached) const {
  std::vector<log_index> all;
  all.reserve(voters_.size());
  for (const auto& voter : voters_)
    all.push_back(reached(voter));
  // Descending: `size()` voters have reached at least the one at size() - 1.
  std::sort(all.begin(), all.end(), std::greater<>{});
  return all[size() - 1];
}

vote_outcome majority_quorum::vote(
    const std::function<std::optional<bool>(const member_id&)>& answer) const {
  std::size_t yes = 0;
  std::size_t no = 0;
  for (const auto& voter : voters_) {
    const auto said = answer(voter);
    if (said)
      ++(*said ? yes : no);
  }
  TROUPE_CHECK(yes + no <= voters_.size(), "a voter has one vote");
  if (yes >= size())
    return vote_outcome::won;
  if (voters_.size() - no < size())
    return vote_outcome::lost;
  return vote_outcome::pending;
}

} // namespace troupe::raft
