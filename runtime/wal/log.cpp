#include "runtime/wal/log.hpp"

#include "runtime/wal/record.hpp"
#include "runtime/wal/segment.hpp"

#include <algorithm>

namespace troupe::wal {

namespace {

status_result remove_if_there(disk_port& disk, const std::string& name) {
  auto gone = disk.remove(name);
  if (!gone && gone.error().code == errc::not_found)
    return unit{};
  return gone;
}

error too_large(std::string what) {
  return error{errc::too_large, "wal: " + std::move(what)};
}

} // namespace

bool sole_voter_may_discard(verdict found) {
  return found == verdict::unfinished_tail;
}

result<opened_log> write_ahead_log::open(disk_port& disk,
                                         const config& settings) {
  if (auto valid = settings.validate(); !valid)
    return valid.error();
  if (auto locked = disk.lock(); !locked)
    return locked.error();
  auto scan = scan_directory(disk, settings.self);
  if (!scan)
    return scan.error();
  if (scan->found.verdict == verdict::corrupt)
    return opened_log{nullptr, std::move(scan->found)};
  auto hard = scan->fresh
                  ? hard_state_file::create(disk, settings.self, {})
                  : hard_state_file::open(disk, settings.self, scan->hard);
  if (!hard)
    return hard.error();
  std::unique_ptr<write_ahead_log> out{
      new write_ahead_log{disk, settings, *scan, std::move(*hard)}};
  if (auto resumed = out->resume(*scan); !resumed)
    return resumed.error();
  return opened_log{std::move(out), std::move(scan->found)};
}

write_ahead_log::write_ahead_log(disk_port& disk, config settings,
                                 directory_scan& scan, hard_state_file hard)
    : disk_(disk), settings_(std::move(settings)), hard_(std::move(hard)),
      place_(scan.place), frame_alignment_(scan.frame_alignment),
      usage_(std::move(scan.usage)), last_(std::move(scan.last)),
      tail_suspect_(scan.found.verdict != verdict::clean) {}

write_ahead_log::~write_ahead_log() = default;

status_result write_ahead_log::resume(const directory_scan& scan) {
  // What was read may be in the page cache only, when a process and not the
  // machine died: it is made durable before anyone builds on it.
  if (auto saved = hard_.save(hard_.content()); !saved)
    return saved;
  for (const auto& name : scan.leftovers)
    if (auto gone = remove_if_there(disk_, name); !gone)
      return gone;
  if (auto synced = disk_.sync_directory(); !synced)
    return synced;
  if (hard_.content().newest_segment > 0) {
    auto file = disk_.open(segment_name(hard_.content().newest_segment),
                           disk_port::open_mode::existing);
    if (!file)
      return file.error();
    segment_ = std::move(*file);
    // Ends what a crash left of discard_tail; changes nothing otherwise.
    if (!tail_suspect_)
      if (auto kept = segment_->preallocate(settings_.segment_octets); !kept)
        return kept;
    if (auto synced = segment_->sync(); !synced)
      return synced;
  }
  for (const auto& reset : scan.resets) {
    append_record(buffer_, reset, place_.sequence + buffered_records_++);
    account(reset);
  }
  return unit{};
}

status_result write_ahead_log::ready() const {
  if (poison_)
    return *poison_;
  if (tail_suspect_)
    return error{errc::conflict,
                 "wal: the last group commit is suspect and not discarded"};
  return unit{};
}

status_result write_ahead_log::poison(const error& cause) {
  poison_ = error{errc::io_error, "wal: stopped after: " + cause.message};
  return *poison_;
}

bool write_ahead_log::suspect() const noexcept {
  return tail_suspect_ || hard_.content().suspect;
}

void write_ahead_log::account(const record& value) {
  const auto group = group_of(value);
  auto& last = last_[group];
  if (const auto* batch = std::get_if<entries_record>(&value)) {
    const auto first = batch->entries.front().at.index;
    last = batch->entries.back().at.index;
    auto& used = pending_.used[group];
    used = std::max(used, last);
    auto& range =
        pending_.ranges.try_emplace(group, index_range{group, first, last})
            .first->second;
    range.first = std::min(range.first, first);
    range.last = std::max(*range.last, last);
  } else if (const auto* cut = std::get_if<truncate_record>(&value)) {
    last = std::min(last, raft::log_index{cut->from.value() - 1});
  } else if (const auto* mark = std::get_if<compact_record>(&value)) {
    last = std::max(last, mark->up_to.index);
    pending_.compacted[group] = mark->up_to.index;
  }
}

status_result write_ahead_log::append(const std::vector<record>& records) {
  if (auto able = ready(); !able)
    return able;
  std::uint64_t octets = buffer_.size();
  auto last = last_;
  for (const auto& value : records) {
    octets += record_octets(value);
    auto& end = last[group_of(value)];
    if (const auto* batch = std::get_if<entries_record>(&value)) {
      TROUPE_CHECK(!batch->entries.empty(), "an entries record holds entries");
      const auto first = batch->entries.front().at.index;
      TROUPE_CHECK(first <= end.next() || end == raft::log_index{},
                   "entries continue or overlap the log");
      TROUPE_CHECK(first.value() + batch->entries.size() - 1
                       == batch->entries.back().at.index.value(),
                   "entries of a record are contiguous");
      end = batch->entries.back().at.index;
    } else if (const auto* mark = std::get_if<compact_record>(&value)) {
      end = std::max(end, mark->up_to.index);
    }
  }
  if (octets > settings_.batch_octets_max)
    return too_large("a batch of " + std::to_string(octets)
                     + " octets passes batch_octets_max");
  if (last.size() > groups_max)
    return too_large("more than 32 groups");
  for (const auto& value : records) {
    append_record(buffer_, value, place_.sequence + buffered_records_++);
    account(value);
  }
  return unit{};
}

status_result write_ahead_log::sync() {
  if (auto able = ready(); !able)
    return able;
  if (buffered_records_ == 0)
    return unit{};
  const auto needed =
      frame_octets(buffer_.size(), pending_.ranges.size(),
                   segment_ ? frame_alignment_ : settings_.frame_alignment);
  if (!segment_ || place_.offset + needed > settings_.segment_octets)
    if (auto begun = begin_segment(); !begun)
      return begun;
  return write_frame();
}

status_result write_ahead_log::write_frame() {
  std::vector<index_range> ranges;
  for (const auto& [group, range] : pending_.ranges)
    ranges.push_back(range);
  const auto frame = encode_frame(place_, buffer_, buffered_records_, ranges,
                                  frame_alignment_);
  if (auto done = segment_->write(place_.offset, frame.data); !done)
    return poison(done.error());
  if (auto done = segment_->sync(); !done)
    return poison(done.error());
  for (const auto& [group, index] : pending_.used) {
    auto& used = usage_[place_.segment][group];
    used = std::max(used, index);
  }
  for (const auto& [group, index] : pending_.compacted)
    compacted_[group] = index;
  place_ = frame.next;
  pending_ = {};
  buffer_.clear();
  buffered_records_ = 0;
  return unit{};
}

result<std::unique_ptr<disk_file>>
write_ahead_log::create_segment(std::uint64_t number) {
  const auto name = segment_name(number);
  if (auto gone = remove_if_there(disk_, name); !gone)
    return gone.error();
  auto file = disk_.open(name, disk_port::open_mode::create_new);
  if (!file)
    return file.error();
  auto first = place_;
  first.segment = number;
  first.offset = segment_header_octets;
  const auto header =
      encode_segment_header({settings_.self, first, settings_.frame_alignment});
  if (auto done = (*file)->preallocate(settings_.segment_octets); !done)
    return done.error();
  if (auto done = (*file)->write(0, header); !done)
    return done.error();
  if (auto done = (*file)->sync(); !done)
    return done.error();
  if (auto done = disk_.sync_directory(); !done)
    return done.error();
  return file;
}

/// The order matters: a segment counts once the hard state names it, and by
/// then its header is durable. Until the first frame nothing refers to it.
status_result write_ahead_log::begin_segment() {
  const auto number = hard_.content().newest_segment + 1;
  auto file = create_segment(number);
  if (!file && file.error().code == errc::no_space) {
    // Gives back what it took; if even that fails, the next try removes it.
    static_cast<void>(remove_if_there(disk_, segment_name(number)));
    return file.error();
  }
  if (!file)
    return poison(file.error());
  auto content = hard_.content();
  content.newest_segment = number;
  if (auto saved = hard_.save(std::move(content)); !saved)
    return poison(saved.error());
  segment_ = std::move(*file);
  frame_alignment_ = settings_.frame_alignment;
  place_.segment = number;
  place_.offset = segment_header_octets;
  return unit{};
}

status_result write_ahead_log::save_hard_state(raft::group_id group,
                                               const hard_state& state) {
  if (poison_)
    return *poison_;
  if (state.vote.value().size() > name_octets_max)
    return too_large("a vote of more than 64 octets");
  auto content = hard_.content();
  content.groups[group] = state;
  if (content.groups.size() > groups_max)
    return too_large("more than 32 groups");
  if (auto saved = hard_.save(std::move(content)); !saved)
    return poison(saved.error());
  return unit{};
}

status_result write_ahead_log::drop_compacted() {
  if (auto able = ready(); !able)
    return able;
  const auto needed = [&](std::uint64_t number) {
    const auto& used = usage_[number];
    return std::any_of(used.begin(), used.end(), [&](const auto& entry) {
      const auto mark = compacted_.find(entry.first);
      return mark == compacted_.end() || mark->second < entry.second;
    });
  };
  auto content = hard_.content();
  const auto before = content.oldest_segment;
  while (content.oldest_segment < content.newest_segment
         && !needed(content.oldest_segment))
    ++content.oldest_segment;
  const auto oldest = content.oldest_segment;
  if (oldest == before)
    return unit{};
  // First the hard state disowns them, so that a crash leaves leftovers and
  // never a log that seems to miss its beginning.
  if (auto saved = hard_.save(std::move(content)); !saved)
    return poison(saved.error());
  for (auto number = before; number < oldest; ++number) {
    usage_.erase(number);
    if (auto gone = remove_if_there(disk_, segment_name(number)); !gone)
      return poison(gone.error());
  }
  if (auto synced = disk_.sync_directory(); !synced)
    return poison(synced.error());
  return unit{};
}

status_result write_ahead_log::discard_tail(bool settled) {
  if (poison_)
    return *poison_;
  TROUPE_CHECK(tail_suspect_, "only a suspect tail is discarded");
  if (!settled) {
    auto content = hard_.content();
    content.suspect = true;
    if (auto saved = hard_.save(std::move(content)); !saved)
      return poison(saved.error());
  }
  // What follows must read zero again, or it could be mistaken for frames.
  if (auto done = segment_->truncate(place_.offset); !done)
    return poison(done.error());
  if (auto done = segment_->preallocate(settings_.segment_octets); !done)
    return poison(done.error());
  if (auto done = segment_->sync(); !done)
    return poison(done.error());
  tail_suspect_ = false;
  return unit{};
}

status_result write_ahead_log::settle() {
  if (auto able = ready(); !able)
    return able;
  auto content = hard_.content();
  content.suspect = false;
  if (auto saved = hard_.save(std::move(content)); !saved)
    return poison(saved.error());
  return unit{};
}

} // namespace troupe::wal
