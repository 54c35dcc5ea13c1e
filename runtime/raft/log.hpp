#pragma once

#include "messages/protocol/raft.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace troupe::raft {

/// The replica's log as it will be on disk once everything handed to storage
/// is durable, from just after the compacted prefix on.
///
///     start()            commit()                last()
///        |  compacted-->|  ...applied...  |  ...uncommitted  |
///
/// Indices are continuous, terms never fall, and neither the compacted prefix
/// nor a committed entry ever changes (3.6).
class raft_log {
public:
  /// A log whose prefix up to `start` is compacted into a snapshot. `entries`
  /// is what recovery found; see `recovered_state` for what may precede or
  /// contradict the snapshot. Nothing is committed beyond `start`.
  raft_log(log_position start, std::vector<entry> entries);

  /// Last position of the compacted prefix; {0, 0} when nothing was compacted.
  log_position start() const { return start_; }

  log_position last() const;
  log_index commit() const { return commit_; }
  std::size_t size() const { return entries_.size(); }

  /// Term of the entry at `index`, of the compacted prefix's last position
  /// too; none before and beyond what is held.
  std::optional<raft::term> term_at(log_index index) const;

  /// Whether the log holds exactly this position (3.5, consistency check).
  bool holds(log_position at) const;

  /// Whether a log that ends at `other` is at least as up to date (3.6.1).
  bool is_up_to_date(log_position other) const;

  /// The largest index <= `at.index` whose term is <= `at.term`: the last
  /// place where this log and one holding `at` may agree. Where the compacted
  /// prefix hides the answer, its end.
  log_position last_agreement(log_position at) const;

  /// Entries from `first` on, at least one if there is one, until `bytes_max`
  /// or `entries_max`. `first` is beyond the compacted prefix.
  std::vector<entry> slice(log_index first, std::size_t entries_max,
                           std::size_t bytes_max) const;

  /// Entries `first` to `last`, both included, all of them held.
  std::vector<entry> range(log_index first, log_index last) const;

  /// Appends at the end. The entry's index is the next, its term not lower.
  void append(entry e);

  /// Makes the log contain `entries`, which follow a position it holds. Drops
  /// own entries only from the first that differs (3.5). Returns the index
  /// from which entries were dropped, if any were.
  std::optional<log_index> merge(std::span<const entry> entries);

  /// Raises the commit index; never past the log's end, never back.
  void commit_to(log_index index);

  /// Drops the entries up to `index`, which must be committed.
  void compact(log_index index);

  /// Replaces everything by a snapshot that is ahead of the commit index.
  void reset(log_position snapshot);

private:
  const entry& at(log_index index) const;

  log_position start_;
  log_index commit_;
  std::deque<entry> entries_;
};

} // namespace troupe::raft
