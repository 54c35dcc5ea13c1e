#pragma once

#include "runtime/raft/effect.hpp"
#include "runtime/raft/progress.hpp"
#include "runtime/raft/read_rounds.hpp"

#include <map>
#include <optional>
#include <variant>
#include <vector>

/// What a replica keeps only while it plays a role; a change of role forgets
/// it.
namespace troupe::raft {

struct follower_state {
  /// A snapshot that is arriving.
  struct arrival {
    log_position at;
    std::uint64_t offset = 0; ///< of the next octet
    bool complete = false;    ///< waits for `snapshot_installed`
  };

  /// A batch of reads the leader was asked about.
  struct forwarded {
    read_context context;
    std::vector<read_tag> tags;
    unsigned age_ticks = 0;
  };

  member_id leader; ///< empty: not known
  std::optional<arrival> intake;
  std::vector<read_tag> waiting_reads;
  std::vector<forwarded> forwarded_reads;
};

struct candidate_state {
  bool pre_vote = true;
  bool transfer = false;
  std::map<member_id, bool> votes;
};

struct leader_state {
  struct handover {
    member_id to;
    unsigned age_ticks = 0;
  };

  std::map<member_id, progress> followers; ///< everyone but this replica
  read_rounds reads;
  log_index first; ///< of this term, the no-op
  unsigned heartbeat_age_ticks = 0;
  std::optional<handover> transfer;
};

using role_state = std::variant<follower_state, candidate_state, leader_state>;

} // namespace troupe::raft
