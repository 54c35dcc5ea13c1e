#pragma once

#include "runtime/wal/types.hpp"

/// One group's log as the records build it up.
namespace troupe::wal {

class group_replay {
public:
  /// Applies the next record; an error names why it cannot follow.
  status_result apply(const record& value);

  /// Index of the last entry, or of the position the log begins after.
  raft::log_index last() const;

  bool has_entries() const noexcept { return based_; }

  /// How a snapshot meets this log.
  enum class fit {
    joins,    ///< the log continues it
    replaces, ///< it is ahead of the log, or the log contradicts it
    gap,      ///< entries between it and the log are missing
  };

  fit fit_of(raft::log_position snapshot) const;

  /// Entries after `index`.
  std::vector<raft::entry> take_after(raft::log_index index) &&;

  /// The log needs a snapshot: its beginning is gone.
  bool needs_snapshot() const;

private:
  status_result apply_one(const entries_record& value);
  status_result apply_one(const truncate_record& value);
  status_result apply_one(const compact_record& value);

  void cut(raft::log_index from);
  bool holds(raft::log_position at) const;
  bool begins_anew(raft::log_index from) const;
  raft::log_index base() const;

  /// Records of dropped segments are gone, so the log's beginning is known
  /// only once entries are seen.
  bool based_ = false;
  raft::log_position base_;
  std::optional<raft::log_position> mark_;
  std::vector<raft::entry> entries_;
};

} // namespace troupe::wal
