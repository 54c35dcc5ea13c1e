#pragma once

#include "messages/protocol/raft.hpp"

#include <functional>
#include <optional>
#include <vector>

/// Arithmetic on sets of voters. It knows nothing of logs, terms or messages,
/// so that a joint configuration is later the minimum of two majorities.
namespace troupe::raft {

enum class vote_outcome {
  pending, ///< not decided by the votes so far
  won,     ///< a majority said yes
  lost,    ///< a majority can no longer say yes
};

/// A set of voters that decides by simple majority. Sorted, without repeats,
/// never empty.
class majority_quorum {
public:
  /// Sorts; the voters must be distinct and at least one.
  explicit majority_quorum(std::vector<member_id> voters);

  const std::vector<member_id>& voters() const { return voters_; }

  bool contains(const member_id& member) const;

  /// How many of the voters make a majority.
  std::size_t size() const { return voters_.size() / 2 + 1; }

  /// The largest index that a majority has reached, given how far each voter
  /// has come (3.6: "stored on a majority of servers").
  log_index
  committed(const std::function<log_index(const member_id&)>& reached) const;

  /// The result of an election, given each voter's answer (none: not heard).
  vote_outcome vote(
      const std::function<std::optional<bool>(const member_id&)>& answer) const;

private:
  std::vector<member_id> voters_;
};

} // namespace troupe::raft
