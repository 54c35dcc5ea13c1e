#include "actors/state/replica_storage.hpp"

#include "actors/state/snapshot_transfer.hpp"
#include "messages/base/check.hpp"
#include "runtime/store/store_image.hpp"
#include "runtime/wal/snapshot_file.hpp"

#include <algorithm>

namespace troupe::state {

namespace {

error damaged(const wal::recovery& found) {
  std::string text = "the state on disk is damaged ("
                     + std::string{to_string(found.verdict)} + ")";
  for (const auto& damage : found.damages)
    text += "; " + damage.file + " at octet " + std::to_string(damage.offset)
            + ": " + damage.what;
  return {errc::corrupt, std::move(text)};
}

const wal::recovered_group* find_group(const wal::recovery& found,
                                       raft::group_id group) {
  const auto it = std::find_if(
      found.groups.begin(), found.groups.end(),
      [&](const auto& candidate) { return candidate.group == group; });
  return it == found.groups.end() ? nullptr : &*it;
}

/// What of the group's log was in the bad tail, as far as it is known.
std::optional<raft::lost_entries> lost_from(const wal::recovery& found,
                                            raft::group_id group,
                                            const raft::recovered_state& kept) {
  const auto end =
      kept.entries.empty() ? kept.snapshot.index : kept.entries.back().at.index;
  raft::lost_entries all{end.next(), std::nullopt};
  if (found.suspect_before)
    return all;
  std::optional<raft::lost_entries> out;
  for (const auto& damage : found.damages) {
    if (damage.ranges.empty())
      return all;
    for (const auto& range : damage.ranges) {
      if (range.group != group)
        continue;
      if (!range.last)
        return all;
      if (!out)
        out = raft::lost_entries{all.first, range.last};
      out->last = std::max(out->last, range.last);
    }
  }
  return out;
}

/// Octets of entries in one record, but for the last one of them: well below
/// what the log's buffer holds.
std::size_t record_octets(const wal::config& config) {
  return config.batch_octets_max / 4;
}

} // namespace

replica_storage::replica_storage(std::unique_ptr<wal::write_ahead_log> log,
                                 raft::group_id group,
                                 std::size_t record_octets_max)
    : log_(std::move(log)), group_(group),
      record_octets_max_(record_octets_max) {
  // nop
}

result<std::unique_ptr<replica_storage>>
replica_storage::open(disk_port& disk, const wal::config& config,
                      raft::group_id group, bool sole_voter,
                      recovered_replica& found) {
  auto opened = wal::write_ahead_log::open(disk, config);
  if (!opened)
    return std::move(opened).error();
  const auto& recovery = opened->found;
  if (!opened->log)
    return damaged(recovery);
  found.findings = recovery.notes;
  for (const auto& damage : recovery.damages)
    found.findings.push_back(damage.what);
  if (recovery.suspect) {
    if (sole_voter && !wal::sole_voter_may_discard(recovery.verdict))
      return damaged(recovery);
    if (recovery.verdict != wal::verdict::clean)
      if (auto cut = opened->log->discard_tail(sole_voter); !cut)
        return std::move(cut).error();
  }
  if (const auto* group_found = find_group(recovery, group)) {
    found.raft.hard = {group_found->hard.term, group_found->hard.vote};
    found.raft.snapshot = group_found->snapshot;
    found.raft.entries = group_found->entries;
    if (!group_found->snapshot_file.empty()) {
      auto store = read_store(disk, config.self, group_found->snapshot_file);
      if (!store)
        return std::move(store).error();
      found.store = std::move(*store);
    }
  }
  if (recovery.suspect && !sole_voter)
    found.raft.lost = lost_from(recovery, group, found.raft);
  return std::unique_ptr<replica_storage>{new replica_storage{
      std::move(opened->log), group, record_octets(config)}};
}

status_result replica_storage::take(std::span<const raft::effect> effects,
                                    const raft::log_position& log_start) {
  for (const auto& effect : effects) {
    if (const auto* hard = std::get_if<raft::persist_hard_state>(&effect)) {
      // Ahead of entries taken before it: a newer term or vote never harms.
      auto saved = log_->save_hard_state(
          group_, {hard->state.term, hard->state.voted_for});
      if (!saved)
        return saved;
      taken_ = std::max(taken_, hard->sequence);
    } else if (const auto* append = std::get_if<raft::append_log>(&effect)) {
      take(*append);
    } else if (const auto* reset = std::get_if<raft::reset_log>(&effect)) {
      waiting_.push_back(wal::compact_record{group_, reset->at});
      taken_ = std::max(taken_, reset->sequence);
    } else if (std::holds_alternative<raft::compact_log>(effect)) {
      waiting_.push_back(wal::compact_record{group_, log_start});
      compacted_ = true;
    }
  }
  return unit{};
}

void replica_storage::take(const raft::append_log& effect) {
  if (effect.truncate_from)
    waiting_.push_back(wal::truncate_record{group_, *effect.truncate_from});
  wal::entries_record part{group_, {}};
  std::size_t octets = 0;
  for (const auto& entry : effect.entries) {
    octets += entry.payload ? entry.payload->size() : 0;
    part.entries.push_back(entry);
    if (octets >= record_octets_max_) {
      waiting_.push_back(std::exchange(part, {group_, {}}));
      octets = 0;
    }
  }
  if (!part.entries.empty())
    waiting_.push_back(std::move(part));
  taken_ = std::max(taken_, effect.sequence);
}

result<raft::storage_sequence> replica_storage::sync() {
  auto flushed = flush();
  full_ = !flushed && flushed.error().code == errc::no_space;
  if (full_)
    return durable_;
  if (!flushed)
    return std::move(flushed).error();
  durable_ = taken_;
  if (std::exchange(compacted_, false))
    if (auto dropped = log_->drop_compacted(); !dropped)
      return std::move(dropped).error();
  return durable_;
}

status_result replica_storage::flush() {
  while (!waiting_.empty()) {
    auto appended = log_->append({waiting_.front()});
    if (!appended && appended.error().code == errc::too_large) {
      // The buffer is full: make room, and try this record again.
      if (log_->buffered_octets() == 0)
        return error{errc::io_error, appended.error().message};
      if (auto synced = log_->sync(); !synced)
        return synced;
      continue;
    }
    if (!appended)
      return appended;
    waiting_.pop_front();
  }
  return log_->sync();
}

status_result write_store_snapshot(disk_port& disk, const wal::config& config,
                                   raft::group_id group,
                                   const raft::log_position& at,
                                   const store::store_view& view) {
  auto writer = wal::snapshot_writer::create(disk, config.self, {group, at});
  if (!writer)
    return std::move(writer).error();
  auto written = store::write_image(
      view, [&](bytes_view chunk) { return writer->add(chunk); });
  if (!written)
    return written;
  if (auto finished = writer->finish(); !finished)
    return finished;
  return wal::prune_snapshots(disk, group, config.snapshots_kept);
}

} // namespace troupe::state
