#pragma once

#include "messages/protocol/raft.hpp"
#include "runtime/raft/effect.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

namespace troupe::raft {

/// A follower's batch of reads, waiting at the leader.
struct remote_read {
  member_id from;
  read_context context;
};

using pending_read = std::variant<read_tag, remote_read>;

/// A leader's reads (6.4). Reads that wait together share one round of
/// heartbeats; a round that a majority answers shows that no newer leader
/// existed when it began, so that its read index was current.
class read_rounds {
public:
  struct round {
    read_context context;
    log_index index; ///< the commit index when the round began
    std::vector<pending_read> reads;
  };

  /// How many reads are unanswered.
  std::size_t size() const { return size_; }

  void add(pending_read r);

  bool has_waiting() const { return !waiting_.empty(); }

  /// Puts everything that waits into a new round.
  read_context begin(log_index commit);

  /// Context for heartbeats: the newest unconfirmed round, or none.
  read_context newest() const;

  /// Takes out the rounds, oldest first, for which `confirmed` holds.
  std::vector<round> take(const std::function<bool(read_context)>& confirmed);

  /// Takes out everything, answered by nobody.
  std::vector<pending_read> drain();

private:
  std::vector<pending_read> waiting_;
  std::deque<round> rounds_;
  read_context last_;
  std::size_t size_ = 0;
};

} // namespace troupe::raft
