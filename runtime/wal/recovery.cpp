#include "runtime/wal/recovery.hpp"

#include "runtime/wal/coding.hpp"
#include "runtime/wal/group_replay.hpp"
#include "runtime/wal/segment.hpp"
#include "runtime/wal/snapshot_file.hpp"

#include <algorithm>
#include <set>

namespace troupe::wal {

namespace {

error in_file(const std::string& file, const error& cause) {
  return error{cause.code, file + ": " + cause.message};
}

result<bytes> read_whole(disk_port& disk, const std::string& name) {
  auto file = disk.open(name, disk_port::open_mode::read_only);
  if (!file)
    return file.error();
  const auto size = (*file)->size();
  if (!size)
    return size.error();
  return (*file)->read(0, *size);
}

/// One reading of one directory.
class scanner {
public:
  scanner(disk_port& disk, const std::optional<identity>& self)
      : disk_(disk), self_(self) {}

  result<directory_scan> run() {
    for (auto step :
         {&scanner::sort_names, &scanner::read_hard, &scanner::read_segments,
          &scanner::read_extra, &scanner::join_snapshots})
      if (auto done = (this->*step)(); !done)
        return done.error();
    for (const auto& damage : out_.found.damages)
      out_.found.verdict = std::max(out_.found.verdict, damage.kind);
    out_.found.suspect_before = out_.hard.content.suspect;
    out_.found.suspect =
        out_.hard.content.suspect || out_.found.verdict != verdict::clean;
    return std::move(out_);
  }

private:
  status_result sort_names() {
    auto names = disk_.list();
    if (!names)
      return names.error();
    for (const auto& name : *names) {
      if (const auto number = segment_number(name))
        segments_.insert(*number);
      else if (const auto meta = snapshot_of_name(name))
        snapshots_[meta->group].push_back(*meta);
      else if (name == hard_state_name)
        has_hard_ = true;
      else if (name.ends_with(".tmp"))
        out_.leftovers.push_back(name);
    }
    out_.fresh = !has_hard_ && segments_.empty() && snapshots_.empty();
    return unit{};
  }

  status_result read_hard() {
    if (out_.fresh)
      return unit{};
    if (!has_hard_) {
      report(std::string{hard_state_name}, 0, "the file is missing");
      return unit{};
    }
    const auto file = read_whole(disk_, std::string{hard_state_name});
    if (!file)
      return file.error();
    auto read = read_hard_state(*file, self_);
    if (!read && read.error().code != errc::corrupt)
      return read.error();
    if (!read) {
      report(std::string{hard_state_name}, 0, "both slots are damaged");
      return unit{};
    }
    out_.hard = std::move(*read);
    if (!out_.hard.slots_equal)
      out_.found.notes.push_back("hard-state: one slot is older or damaged");
    return unit{};
  }

  /// Without the hard state the files themselves say which there are.
  std::pair<std::uint64_t, std::uint64_t> bounds() const {
    const auto& content = out_.hard.content;
    if (content.generation > 0 || segments_.empty())
      return {content.oldest_segment, content.newest_segment};
    return {*segments_.begin(), *segments_.rbegin()};
  }

  status_result read_segments() {
    const auto [oldest, newest] = bounds();
    for (auto number = oldest; number <= newest; ++number) {
      if (segments_.count(number) == 0) {
        report(segment_name(number), 0, "the segment is missing");
        continue;
      }
      const auto file = read_whole(disk_, segment_name(number));
      if (!file)
        return file.error();
      if (auto done = read_segment(*file, number, number == newest); !done)
        return done;
    }
    return unit{};
  }

  status_result read_segment(bytes_view file, std::uint64_t number, bool last) {
    const auto name = segment_name(number);
    const auto header = read_segment_header(file, number, self_);
    if (!header && header.error().code != errc::corrupt)
      return in_file(name, header.error());
    if (!header) {
      report(name, 0, header.error().message);
      return unit{};
    }
    auto expected = out_.place;
    expected.segment = number;
    expected.offset = segment_header_octets;
    if (started_ && trusted_ && header->first != expected)
      report(name, 0, "the segment does not continue the one before");
    started_ = true;
    out_.place = header->first;
    out_.frame_alignment = header->frame_alignment;
    return read_frames(file, name, last);
  }

  status_result read_frames(bytes_view file, const std::string& name,
                            bool last) {
    for (;;) {
      const auto stop = scan_frames(
          file, out_.frame_alignment, out_.place,
          [&](std::vector<record> records) { take(name, std::move(records)); });
      if (!stop)
        return in_file(name, stop.error());
      if (stop->end)
        return unit{};
      report(name, out_.place.offset, stop->what,
             last ? stop->kind : verdict::corrupt, stop->ranges);
      if (!stop->resume)
        return unit{};
      out_.place = *stop->resume;
    }
  }

  void take(const std::string& name, std::vector<record> records) {
    ++out_.found.frames;
    if (!trusted_) {
      for (const auto& value : records)
        bound(value);
      return;
    }
    for (const auto& value : records) {
      const auto group = group_of(value);
      if (auto done = groups_[group].apply(value); !done) {
        report(name, out_.place.offset, done.error().message);
        return;
      }
      if (const auto* batch = std::get_if<entries_record>(&value)) {
        auto& used = out_.usage[out_.place.segment][group];
        used = std::max(used, batch->entries.back().at.index);
      }
    }
  }

  /// Entries met after a damage end what it may have covered.
  void bound(const record& value) {
    const auto* batch = std::get_if<entries_record>(&value);
    if (batch == nullptr)
      return;
    const auto first = batch->entries.front().at.index;
    for (auto& range : out_.found.damages.back().ranges)
      if (range.group == batch->group && !range.last && first > range.first)
        range.last = raft::log_index{first.value() - 1};
  }

  void report(const std::string& file, std::uint64_t offset, std::string what,
              verdict kind = verdict::corrupt,
              std::vector<index_range> ranges = {}) {
    if (ranges.empty())
      for (const auto& [group, log] : groups_)
        ranges.push_back({group, log.last().next(), std::nullopt});
    out_.found.damages.push_back(
        {kind, file, offset, std::move(ranges), std::move(what)});
    trusted_ = false;
  }

  /// Files outside the bounds: leftovers of a crash, unless they were used.
  status_result read_extra() {
    const auto [oldest, newest] = bounds();
    for (const auto number : segments_) {
      if (number >= oldest && number <= newest)
        continue;
      const auto name = segment_name(number);
      const auto file = read_whole(disk_, name);
      if (!file)
        return file.error();
      const auto header = read_segment_header(*file, number, self_);
      if (!header && header.error().code != errc::corrupt)
        return in_file(name, header.error());
      const bool unused = number < oldest
                          || all_zero(bytes_view{*file}.substr(
                              std::min(file->size(), segment_header_octets)));
      if (unused)
        out_.leftovers.push_back(name);
      else
        report(name, 0, "the segment is newer than the hard state knows");
    }
    return unit{};
  }

  status_result join_snapshots() {
    for (const auto& [group, state] : out_.hard.content.groups)
      groups_.try_emplace(group);
    for (const auto& [group, metas] : snapshots_)
      groups_.try_emplace(group);
    for (auto& [group, log] : groups_)
      if (auto done = join(group, std::move(log)); !done)
        return done;
    return unit{};
  }

  /// The newest snapshot of the group that reads whole.
  result<std::optional<snapshot_meta>> newest_valid(raft::group_id group) {
    auto metas = snapshots_[group];
    std::reverse(metas.begin(), metas.end());
    for (const auto& meta : metas) {
      const auto read =
          read_snapshot(disk_, snapshot_name(meta), self_, nullptr);
      if (read)
        return std::optional{meta};
      if (read.error().code != errc::corrupt)
        return read.error();
      out_.found.notes.push_back(read.error().message);
    }
    return std::optional<snapshot_meta>{};
  }

  status_result join(raft::group_id group, group_replay log) {
    const auto snapshot = newest_valid(group);
    if (!snapshot)
      return snapshot.error();
    recovered_group out{group, {}, {}, {}, {}};
    const auto hard = out_.hard.content.groups.find(group);
    if (hard != out_.hard.content.groups.end())
      out.hard = hard->second;
    const auto at = *snapshot ? (*snapshot)->at : raft::log_position{};
    auto fit = group_replay::fit::joins;
    if (*snapshot) {
      out.snapshot = at;
      out.snapshot_file = snapshot_name(**snapshot);
      fit = log.fit_of(at);
    } else if (log.needs_snapshot() || !snapshots_[group].empty()) {
      fit = group_replay::fit::gap;
    }
    if (fit == group_replay::fit::gap)
      out_.found.damages.push_back({verdict::corrupt,
                                    out.snapshot_file,
                                    0,
                                    {{group, at.index.next(), log.last()}},
                                    "no valid snapshot of group "
                                        + std::to_string(group.value())
                                        + " joins its log"});
    out_.last[group] = log.last();
    if (fit == group_replay::fit::replaces) {
      out_.resets.push_back({group, at});
      out_.last[group] = at.index;
    }
    if (fit == group_replay::fit::joins)
      out.entries = std::move(log).take_after(at.index);
    out_.found.groups.push_back(std::move(out));
    return unit{};
  }

  disk_port& disk_;
  const std::optional<identity>& self_;
  directory_scan out_;
  bool has_hard_ = false;
  bool started_ = false;
  bool trusted_ = true;
  std::set<std::uint64_t> segments_;
  std::map<raft::group_id, std::vector<snapshot_meta>> snapshots_;
  std::map<raft::group_id, group_replay> groups_;
};

} // namespace

result<directory_scan> scan_directory(disk_port& disk,
                                      const std::optional<identity>& self) {
  return scanner{disk, self}.run();
}

result<recovery> verify(disk_port& disk, const std::optional<identity>& self) {
  auto scan = scan_directory(disk, self);
  if (!scan)
    return scan.error();
  return std::move(scan->found);
}

} // namespace troupe::wal
