#include "actors/state/snapshot_transfer.hpp"

#include "runtime/store/store_image.hpp"

namespace troupe::state {

result<store::store_fsm> read_store(disk_port& disk, const wal::identity& self,
                                    const std::string& file) {
  auto reader = wal::snapshot_reader::open(disk, file, self);
  if (!reader)
    return reader.error();
  return store::read_image([&] { return reader->next(); });
}

status_result snapshot_source::fill(raft::group_id group,
                                    const raft::member_id& to,
                                    raft::snapshot_chunk& chunk) {
  auto& r = readings_[to];
  status_result done = unit{};
  if (!r.reader || r.at != chunk.at || chunk.offset < r.offset)
    done = open(group, chunk.at, r);
  while (done && !r.last && chunk.offset >= r.offset + r.chunk->size())
    done = next(r);
  if (done && r.last && chunk.offset != r.offset)
    done = error{errc::out_of_range, "a snapshot has no such octet"};
  if (!done) {
    readings_.erase(to);
    return done;
  }
  chunk.last = r.last;
  if (r.last)
    chunk.data = nullptr;
  else if (chunk.offset == r.offset)
    chunk.data = r.chunk;
  else
    chunk.data = make_shared_bytes(
        bytes{bytes_view{*r.chunk}.substr(chunk.offset - r.offset)});
  return unit{};
}

status_result snapshot_source::open(raft::group_id group,
                                    const raft::log_position& at,
                                    reading& out) {
  auto reader =
      wal::snapshot_reader::open(disk_, wal::snapshot_name({group, at}), self_);
  if (!reader)
    return reader.error();
  out = {};
  out.at = at;
  out.reader = std::make_unique<wal::snapshot_reader>(std::move(*reader));
  out.chunk = make_shared_bytes({});
  return next(out);
}

status_result snapshot_source::next(reading& r) {
  auto chunk = r.reader->next();
  if (!chunk)
    return chunk.error();
  r.offset += r.chunk->size();
  r.last = chunk->empty();
  r.chunk = make_shared_bytes(std::move(*chunk));
  return unit{};
}

result<snapshot_intake::outcome>
snapshot_intake::take(raft::group_id group, const raft::snapshot_chunk& chunk) {
  auto taken = write(group, chunk);
  if (taken || taken.error().code != errc::no_space)
    return taken;
  writer_.reset();
  return outcome{refused{}};
}

result<snapshot_intake::outcome>
snapshot_intake::write(raft::group_id group,
                       const raft::snapshot_chunk& chunk) {
  if (chunk.offset == 0) {
    writer_.reset();
    auto writer =
        wal::snapshot_writer::create(disk_, config_.self, {group, chunk.at});
    if (!writer)
      return writer.error();
    writer_.emplace(std::move(*writer));
    at_ = chunk.at;
  }
  if (!writer_ || at_ != chunk.at)
    return outcome{refused{}};
  if (chunk.data)
    if (auto added = writer_->add(*chunk.data); !added)
      return added.error();
  if (!chunk.last)
    return outcome{pending{}};
  auto finished = writer_->finish();
  writer_.reset();
  if (!finished)
    return finished.error();
  const auto name = wal::snapshot_name({group, chunk.at});
  auto store = read_store(disk_, config_.self, name);
  if (!store && store.error().code == errc::io_error)
    return store.error();
  if (!store) {
    // A leader that sends nonsense must not leave it as our newest snapshot.
    if (auto gone = disk_.remove(name); !gone)
      return gone.error();
    if (auto durable = disk_.sync_directory(); !durable)
      return durable.error();
    return outcome{refused{}};
  }
  if (auto pruned = wal::prune_snapshots(disk_, group, config_.snapshots_kept);
      !pruned)
    return pruned.error();
  return outcome{
      complete{std::make_shared<store::store_fsm>(std::move(*store))}};
}

void snapshot_intake::forget(const raft::log_position& at) {
  if (at_ == at)
    writer_.reset();
}

} // namespace troupe::state
