#pragma once

#include "messages/base/result.hpp"
#include "messages/protocol/raft.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace troupe::wal {

/// Whose files these are. Both are in every file; a stranger's is refused.
struct identity {
  std::string cluster_uid; ///< 1 to `name_octets_max` octets
  raft::member_id member;  ///< 1 to `name_octets_max` octets

  friend bool operator==(const identity&, const identity&) = default;
};

inline constexpr std::size_t name_octets_max = 64;
/// Groups of one process; more are refused by `append` and `save_hard_state`.
inline constexpr std::size_t groups_max = 32;
/// A torn write keeps or loses whole sectors; see README.md.
inline constexpr std::size_t sector_octets = 512;
/// The first page of a segment is its header's alone.
inline constexpr std::size_t segment_header_octets = 4096;

struct config {
  identity self;
  /// Size of a segment file, header included.
  std::uint64_t segment_octets = 64ull << 20;
  /// Group commits begin at multiples of this, a multiple of 512: a page by
  /// default, so that no later write touches the page of a durable one.
  std::uint32_t frame_alignment = 4096;
  /// Most octets `append` buffers before a `sync` is needed; with the frame
  /// around them they must fit a segment.
  std::uint64_t batch_octets_max = 16ull << 20;
  /// Snapshots of each group that `prune_snapshots` is to keep.
  std::uint32_t snapshots_kept = 2;

  /// `invalid_argument` naming the field.
  status_result validate() const;
};

/// What a replica must not forget (Raft thesis, figure 3.1). An empty vote is
/// "for nobody in this term".
struct hard_state {
  raft::term term;
  raft::member_id vote;

  friend bool operator==(const hard_state&, const hard_state&) = default;
};

/// Entries of one group, contiguous and ascending. They continue the log, or
/// replace it from the first one's index on.
struct entries_record {
  raft::group_id group;
  std::vector<raft::entry> entries;

  friend bool operator==(const entries_record&,
                         const entries_record&) = default;
};

/// The group's log ends before `from`.
struct truncate_record {
  raft::group_id group;
  raft::log_index from;

  friend bool operator==(const truncate_record&,
                         const truncate_record&) = default;
};

/// A snapshot stands for the group's log up to `up_to`. When the log does not
/// hold that position (a snapshot was installed) the rest of it is void.
struct compact_record {
  raft::group_id group;
  raft::log_position up_to;

  friend bool operator==(const compact_record&,
                         const compact_record&) = default;
};

using record = std::variant<entries_record, truncate_record, compact_record>;

raft::group_id group_of(const record& value);

/// Entries of one group that a damage covers. Without `last` nothing is known
/// about where it ends; without ranges at all, nothing about whose it is.
struct index_range {
  raft::group_id group;
  raft::log_index first;
  std::optional<raft::log_index> last;

  friend bool operator==(const index_range&, const index_range&) = default;
};

/// How much of what was acknowledged is surely there.
enum class verdict {
  clean, ///< everything
  /// Everything: the last group commit was cut off before its sync could
  /// return. Suspect to a voter among several, harmless to a sole one.
  unfinished_tail,
  /// Perhaps not: the last group commit was written and is now damaged.
  damaged_tail,
  /// No: a bad group commit is followed by good ones, a file is missing, or
  /// no valid snapshot joins the log.
  corrupt,
};

std::string_view to_string(verdict value);

struct damage {
  verdict kind = verdict::clean; ///< never `clean` in a report
  std::string file;
  std::uint64_t offset = 0;
  std::vector<index_range> ranges;
  std::string what; ///< a sentence for a person

  friend bool operator==(const damage&, const damage&) = default;
};

/// What recovery found of one group.
struct recovered_group {
  raft::group_id group;
  hard_state hard;
  /// Newest valid snapshot; {0, 0} when there is none.
  raft::log_position snapshot;
  std::string snapshot_file; ///< empty when there is none
  /// The log after `snapshot`, contiguous from its index + 1.
  std::vector<raft::entry> entries;
};

struct recovery {
  wal::verdict verdict = wal::verdict::clean;
  /// The last group commit was lost or is in doubt, now or at an earlier start
  /// not yet settled: vote and acknowledge nothing until repaired.
  bool suspect = false;
  /// So it was at an earlier start: what was lost then is not known any more.
  bool suspect_before = false;
  std::vector<recovered_group> groups; ///< ascending by group
  std::vector<wal::damage> damages;    ///< in log order
  std::vector<std::string> notes;      ///< harmless findings, for the log
  std::uint64_t frames = 0;            ///< intact group commits read
};

} // namespace troupe::wal
