#pragma once

#include "messages/protocol/raft.hpp"
#include "runtime/port/disk_port.hpp"
#include "runtime/store/store_fsm.hpp"
#include "runtime/wal/snapshot_file.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

/// Raft snapshots between replicas. What travels is the image of the store, cut
/// into chunks by its octets; each side keeps it in a file of its own.
namespace troupe::state {

/// A leader's side: reads snapshots for followers, each at its own place.
class snapshot_source {
public:
  snapshot_source(disk_port& disk, wal::identity self)
      : disk_(disk), self_(std::move(self)) {}

  /// Fills `chunk`, which names the snapshot of `group` and an offset, for
  /// follower `to`. Fails when that snapshot cannot be read any more.
  status_result fill(raft::group_id group, const raft::member_id& to,
                     raft::snapshot_chunk& chunk);

  /// Lets go of everything: this replica leads no more.
  void clear() { readings_.clear(); }

private:
  struct reading {
    raft::log_position at;
    std::unique_ptr<wal::snapshot_reader> reader;
    shared_bytes chunk; ///< from `offset` on; empty: the image ends there
    std::uint64_t offset = 0;
    bool last = false;
  };

  status_result open(raft::group_id group, const raft::log_position& at,
                     reading& out);
  static status_result next(reading& r);

  disk_port& disk_;
  wal::identity self_;
  std::map<raft::member_id, reading> readings_;
};

/// A follower's side: writes the snapshot that arrives, one at a time.
class snapshot_intake {
public:
  snapshot_intake(disk_port& disk, wal::config config)
      : disk_(disk), config_(std::move(config)) {}

  /// What came of a chunk: nothing yet, the store of a snapshot that is whole
  /// and durable, or a snapshot that is none.
  struct pending {};
  struct complete {
    std::shared_ptr<store::store_fsm> store;
  };
  struct refused {};
  using outcome = std::variant<pending, complete, refused>;

  /// Chunks come in order; offset 0 begins anew. Without room on the disk the
  /// snapshot is refused, to come again. Fails only as the disk does.
  result<outcome> take(raft::group_id group, const raft::snapshot_chunk& chunk);

  /// This replica is about to write a snapshot at `at` itself.
  void forget(const raft::log_position& at);

private:
  result<outcome> write(raft::group_id group,
                        const raft::snapshot_chunk& chunk);

  disk_port& disk_;
  wal::config config_;
  std::optional<wal::snapshot_writer> writer_;
  raft::log_position at_;
};

/// Reads the store out of snapshot file `file`.
result<store::store_fsm> read_store(disk_port& disk, const wal::identity& self,
                                    const std::string& file);

} // namespace troupe::state
