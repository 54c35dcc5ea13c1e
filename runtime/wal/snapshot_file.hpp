#pragma once

#include "runtime/port/disk_port.hpp"
#include "runtime/wal/types.hpp"

#include <functional>
#include <memory>

/// Raft snapshots: the image of a group's state at a log position, as opaque
/// octets, compressed and checksummed in chunks. A file under its final name
/// is whole and never changes.
namespace troupe::wal {

/// Most octets of one chunk, before compression; `add` cuts larger input.
inline constexpr std::size_t snapshot_chunk_octets_max = 1u << 20;

struct snapshot_meta {
  raft::group_id group;
  raft::log_position at;

  friend bool operator==(const snapshot_meta&, const snapshot_meta&) = default;
};

/// "snap-<group>-<index>-<term>.zst", each 16 hex digits.
std::string snapshot_name(const snapshot_meta& meta);
std::optional<snapshot_meta> snapshot_of_name(std::string_view name);

/// Writes one snapshot beside the others. Without `finish` nothing stays.
///
///     auto writer = snapshot_writer::create(disk, self, meta);
///     writer->add(image);
///     writer->finish();
class snapshot_writer {
public:
  static result<snapshot_writer> create(disk_port& disk, const identity& self,
                                        const snapshot_meta& meta);

  snapshot_writer(snapshot_writer&&) noexcept;
  snapshot_writer& operator=(snapshot_writer&&) = delete;
  ~snapshot_writer();

  /// Appends to the image. After an error only destruction is left.
  status_result add(bytes_view data);

  /// Durable, under its name, when this returns.
  status_result finish();

private:
  snapshot_writer(disk_port& disk, std::unique_ptr<disk_file> file,
                  std::string name);

  status_result write_chunk(bytes_view raw);
  status_result write(bytes_view data);

  disk_port* disk_;
  std::unique_ptr<disk_file> file_;
  std::string name_;
  bytes pending_;
  std::uint64_t offset_ = 0;
  std::uint64_t chunks_ = 0;
  std::uint64_t raw_octets_ = 0;
  std::uint32_t check_ = 0;
};

/// Reads one snapshot from its beginning, chunk by chunk.
class snapshot_reader {
public:
  /// Errors as `read_snapshot`.
  static result<snapshot_reader> open(disk_port& disk, std::string_view name,
                                      const std::optional<identity>& self);

  snapshot_reader(snapshot_reader&&) noexcept;
  snapshot_reader& operator=(snapshot_reader&&) = delete;
  ~snapshot_reader();

  /// The next part of the image; empty once all of it was read and is whole.
  result<bytes> next();

  const snapshot_meta& meta() const { return meta_; }

private:
  class chunks;

  snapshot_reader(std::string name, const snapshot_meta& meta,
                  std::unique_ptr<chunks> rest);

  std::string name_;
  snapshot_meta meta_;
  std::unique_ptr<chunks> rest_;
};

/// Gives the next part of the image; empty ends it.
using chunk_producer = std::function<result<bytes>()>;
using chunk_consumer = std::function<status_result(bytes_view)>;

status_result write_snapshot(disk_port& disk, const identity& self,
                             const snapshot_meta& meta,
                             const chunk_producer& next);

/// Reads a snapshot to its end, chunk by chunk; with an empty consumer only
/// verifies it. `corrupt`, `unsupported` (newer format) and `conflict`
/// (a stranger's) name the file. What the consumer got before an error is not
/// to be trusted as whole.
result<snapshot_meta> read_snapshot(disk_port& disk, std::string_view name,
                                    const std::optional<identity>& self,
                                    const chunk_consumer& consume);

/// Snapshots of one group by name, newest first; nothing is read.
result<std::vector<snapshot_meta>> list_snapshots(disk_port& disk,
                                                  raft::group_id group);

/// Removes all but the newest `keep` snapshots of a group.
status_result prune_snapshots(disk_port& disk, raft::group_id group,
                              std::size_t keep);

} // namespace troupe::wal
