#pragma once

#include "runtime/wal/log.hpp"
#include "runtime/wal/snapshot_file.hpp"
#include "tests/support/sim_disk.hpp"

#include <string>

/// Small logs for the tests of runtime/wal.
namespace troupe::wal::testing {

inline constexpr raft::group_id main_group{1};
inline constexpr raft::group_id event_group{2};

/// Segments that hold a header and three frames or so.
config small_config(std::uint64_t segment_octets = 8192);

raft::entry entry(std::uint64_t index, std::uint64_t term, std::string payload);

/// Entries [first, last] of term 1, with a payload that names the index and
/// fills `octets`.
entries_record entries(raft::group_id group, std::uint64_t first,
                       std::uint64_t last, std::size_t octets = 20);

/// Opens; the log must be writable.
opened_log open_log(disk_port& disk, const config& settings = small_config());

/// One group commit.
void commit(write_ahead_log& target, record value);

const recovered_group* find_group(const recovery& found, raft::group_id group);

/// Index of the last entry recovered for the group; 0 without any.
std::uint64_t last_index(const recovery& found, raft::group_id group);

/// Every entry is the one `entries` made, without gaps.
bool as_written(const recovery& found, std::size_t octets = 20);

} // namespace troupe::wal::testing
