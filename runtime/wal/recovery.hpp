#pragma once

#include "runtime/port/disk_port.hpp"
#include "runtime/wal/frame.hpp"
#include "runtime/wal/hard_state_file.hpp"

/// Reads a whole directory and says what it holds; changes nothing.
namespace troupe::wal {

/// For each segment, the largest index of each group's entries in it.
using segment_usage =
    std::map<std::uint64_t, std::map<raft::group_id, raft::log_index>>;

/// What a writer needs to go on, beside what recovery tells everyone.
struct directory_scan {
  recovery found;
  bool fresh = false; ///< nothing of a log is there
  hard_state_read hard;
  frame_place place; ///< of the next frame, unless corrupt
  std::uint32_t frame_alignment = 0;
  segment_usage usage;
  /// Of each group that has a log: its last index.
  std::map<raft::group_id, raft::log_index> last;
  /// Groups whose snapshot is ahead of, or contradicts, their log.
  std::vector<compact_record> resets;
  std::vector<std::string> leftovers; ///< files that are no part of the log
};

/// Scans the directory. Errors: `conflict` for another cluster's or member's
/// file, `unsupported` for a newer format, `io_error`. Damage is no error but
/// a finding.
result<directory_scan> scan_directory(disk_port& disk,
                                      const std::optional<identity>& self);

/// The read-only check of a log, for tools: safe on any directory, also on one
/// whose owner is not known. Takes no lock; while a writer runs, its newest
/// group commit may look unfinished.
result<recovery> verify(disk_port& disk,
                        const std::optional<identity>& self = std::nullopt);

} // namespace troupe::wal
