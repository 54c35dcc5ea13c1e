#pragma once

#include "messages/base/result.hpp"
#include "messages/protocol/raft.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace troupe::raft {

/// One replica's settings. A tick is the driver's unit of time; all replicas
/// of a group use the same one.
struct config {
  group_id group;
  member_id self;
  /// Every voter, `self` among them; the same on each of them.
  std::vector<member_id> voters;

  /// Silence of the leader, in ticks, before a follower campaigns; the actual
  /// wait is drawn from [this, 2 * this). Also how long a leader goes on
  /// without hearing a majority, and how long a transfer may take.
  unsigned election_timeout_ticks = 10;
  /// Ticks between heartbeats; less than half the election timeout, so that
  /// one lost heartbeat starts nothing.
  unsigned heartbeat_ticks = 1;
  /// Feeds election timeouts and the numbering of reads: random, different on
  /// each replica and at each start.
  std::uint64_t seed = 1;

  /// Bounds on one append; the first entry always fits.
  std::size_t append_entries_max = 256;
  std::size_t append_bytes_max = std::size_t{1} << 20;
  /// Appends on their way to one follower; past it the leader waits.
  std::size_t inflight_appends_max = 64;

  /// Payload of one proposal, in octets; a larger one is dropped. Smaller than
  /// what a message may carry, on the bus too.
  std::size_t proposal_bytes_max = std::size_t{6} << 20;
  /// Entries not yet committed; past it proposals are dropped.
  std::size_t uncommitted_entries_max = 4096;
  /// Reads not yet answered; past it they are dropped.
  std::size_t pending_reads_max = 65536;

  /// Entries kept before a snapshot, so that a follower that is only a little
  /// behind needs no snapshot.
  std::uint64_t kept_entries = 1024;
};

/// Says which field is wrong and what was expected.
status_result validate(const config& c);

/// What must survive a crash beside the log (3.3, "persistent state").
struct hard_state {
  raft::term term;
  member_id voted_for; ///< in `term`; empty: nobody

  friend bool operator==(const hard_state&, const hard_state&) = default;
};

/// Entries that may have been acknowledged and then lost.
struct lost_entries {
  log_index first;
  std::optional<log_index> last; ///< none: nobody knows how far they went
};

/// What recovery found on disk.
struct recovered_state {
  raft::hard_state hard;
  /// End of the newest complete snapshot, already restored; {0, 0} for none.
  log_position snapshot;
  /// The log, without gaps; it may begin before the snapshot's end. If its
  /// entry there has another term it is all ignored: a crash fell between the
  /// installation of the snapshot and the reset of the log.
  std::vector<entry> entries;
  /// Until the group supplies them all the replica neither votes nor
  /// acknowledges. Given again at each start until that was so.
  std::optional<lost_entries> lost;
};

} // namespace troupe::raft
