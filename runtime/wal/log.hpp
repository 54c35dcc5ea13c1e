#pragma once

#include "runtime/port/disk_port.hpp"
#include "runtime/wal/hard_state_file.hpp"
#include "runtime/wal/recovery.hpp"
#include "runtime/wal/types.hpp"

#include <memory>
#include <set>

namespace troupe::wal {

class write_ahead_log;

struct opened_log {
  /// Null when the verdict is corrupt: nothing was touched, nothing may be
  /// written until the files were repaired from peers.
  std::unique_ptr<write_ahead_log> log;
  recovery found;
};

/// The write-ahead log of a process, shared by its Raft groups. One thread
/// owns it. Whatever `append` took is durable when the next `sync` returns
/// success, and only then may it be acknowledged.
///
/// After a failed write or sync the log is poisoned: what is on disk is
/// unknown, every later call fails and the process must end. A full disk alone
/// poisons nothing: the call did nothing, and may be repeated.
///
///     auto opened = write_ahead_log::open(disk, config);
///     log.append({entries_record{group, entries}});
///     if (auto durable = log.sync(); !durable)
///       end_process(durable.error());
class write_ahead_log {
public:
  /// Locks and recovers the directory, or begins a log in an empty one. The
  /// port must outlive the log. Errors as `scan_directory`, and `conflict`
  /// when another process has the directory.
  static result<opened_log> open(disk_port& disk, const config& settings);

  ~write_ahead_log();

  /// Buffers records, all or none: `too_large` when the buffer would pass
  /// `batch_octets_max` (sync first) or a group too many appears. Entries must
  /// continue or overlap their group's log.
  status_result append(const std::vector<record>& records);

  /// Makes everything appended durable with one write and one fdatasync (more
  /// when a segment begins). `no_space` keeps the buffer.
  status_result sync();

  /// Makes a group's term and vote durable at once, apart from the log.
  status_result save_hard_state(raft::group_id group, const hard_state& state);

  /// Removes leading segments without any entry after its group's last
  /// compact_record. Durable compact_records only: call after `sync`.
  status_result drop_compacted();

  /// Ends a suspect tail, before which `append` and `sync` are refused. Cuts
  /// the last group commit off. `settled`: it is known that nothing
  /// acknowledged was in it (see `sole_voter_may_discard`). Otherwise the
  /// suspicion is made durable first and lasts until `settle`.
  status_result discard_tail(bool settled);

  /// Peers have supplied, or disowned, what the lost tail held.
  status_result settle();

  bool suspect() const noexcept;
  bool poisoned() const noexcept { return poison_.has_value(); }
  std::size_t buffered_octets() const noexcept { return buffer_.size(); }

private:
  struct pending_effect {
    std::map<raft::group_id, raft::log_index> used;
    std::map<raft::group_id, raft::log_index> compacted;
    std::map<raft::group_id, index_range> ranges;
  };

  write_ahead_log(disk_port& disk, config settings, directory_scan& scan,
                  hard_state_file hard);

  status_result resume(const directory_scan& scan);
  status_result ready() const;
  status_result begin_segment();
  result<std::unique_ptr<disk_file>> create_segment(std::uint64_t number);
  status_result write_frame();
  status_result poison(const error& cause);
  void account(const record& value);

  disk_port& disk_;
  config settings_;
  hard_state_file hard_;
  frame_place place_;
  std::uint32_t frame_alignment_;
  std::unique_ptr<disk_file> segment_; ///< null until the first one begins
  segment_usage usage_;
  std::map<raft::group_id, raft::log_index> last_;
  std::map<raft::group_id, raft::log_index> compacted_;
  bytes buffer_;
  std::uint32_t buffered_records_ = 0;
  pending_effect pending_;
  bool tail_suspect_ = false;
  std::optional<error> poison_;
};

/// The policy of a sole voter: it may discard what provably was never synced,
/// and nothing else.
bool sole_voter_may_discard(verdict found);

} // namespace troupe::wal
