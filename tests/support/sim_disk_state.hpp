#pragma once

#include "tests/support/sim_disk.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>

/// What a simulated disk holds; private to sim_disk.
namespace troupe {

namespace sim_disk_detail {

using operation = sim_disk::operation;

/// One step of splitmix64: enough for choices that must only be repeatable.
inline std::uint64_t next_random(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/// Part of a write within one sector, or a new size when `resize` is set.
struct file_unit {
  std::optional<std::uint64_t> resize;
  std::uint64_t offset = 0;
  bytes data;
};

struct inode {
  bytes live;
  bytes durable;
  std::vector<file_unit> pending;
};

using inode_ptr = std::shared_ptr<inode>;
using directory = std::map<std::string, inode_ptr, std::less<>>;

/// A creation (`from` empty), a rename, or a removal (`to` empty).
struct directory_unit {
  std::string from;
  std::string to;
  inode_ptr file;
};

inline void settle(bytes& content, const file_unit& unit) {
  if (unit.resize) {
    content.resize(*unit.resize, '\0');
    return;
  }
  const auto end = unit.offset + unit.data.size();
  if (content.size() < end)
    content.resize(end, '\0');
  content.replace(unit.offset, unit.data.size(), unit.data);
}

inline void settle(directory& names, const directory_unit& unit) {
  if (unit.from.empty()) {
    names[unit.to] = unit.file;
    return;
  }
  // The name may be missing when its creation was lost.
  if (names.erase(unit.from) > 0 && !unit.to.empty())
    names[unit.to] = unit.file;
}

inline std::vector<file_unit> sectors_of(std::uint64_t offset,
                                         bytes_view data) {
  std::vector<file_unit> units;
  while (!data.empty()) {
    const auto room = sim_disk::sector_size - offset % sim_disk::sector_size;
    const auto part = std::min<std::size_t>(room, data.size());
    units.push_back({std::nullopt, offset, bytes{data.substr(0, part)}});
    offset += part;
    data.remove_prefix(part);
  }
  return units;
}

struct scripted_fault {
  operation what;
  std::string prefix;
  errc code;
};

struct stray_write {
  std::string prefix;
  std::optional<std::int64_t> delta; ///< empty: lost
};

inline bool valid_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".."
         && name != "LOCK"
         && name.find_first_of(std::string_view{"/\0", 2})
                == std::string_view::npos;
}

inline std::string_view word(operation what) {
  static constexpr std::array<std::string_view, 6> words{
      "open", "read", "write", "fdatasync", "resize", "directory operation on"};
  return words[static_cast<std::size_t>(what)];
}

} // namespace sim_disk_detail

struct sim_disk_state {
  using operation = sim_disk::operation;
  using inode_ptr = sim_disk_detail::inode_ptr;
  using directory = sim_disk_detail::directory;
  using directory_unit = sim_disk_detail::directory_unit;
  using scripted_fault = sim_disk_detail::scripted_fault;
  using stray_write = sim_disk_detail::stray_write;

  std::vector<inode_ptr> inodes;
  directory live;
  directory durable;
  std::vector<directory_unit> pending;
  const sim_disk* locked_by = nullptr;
  std::uint64_t boots = 0;
  std::uint64_t changes = 0;
  std::uint64_t off_at = std::numeric_limits<std::uint64_t>::max();
  bool off = false;
  std::vector<scripted_fault> faults;
  std::vector<stray_write> strays;
  sim_disk::rates chances;
  std::uint64_t random = 0;
  std::uint64_t capacity = std::numeric_limits<std::uint64_t>::max();
  std::array<std::uint64_t, 6> latency{};
  std::uint64_t elapsed = 0;

  static error failure(operation what, std::string_view name, errc code) {
    return error{code, std::string{sim_disk_detail::word(what)} + " "
                           + std::string{name} + ": injected "
                           + std::string{to_string(code)}};
  }

  /// What every operation meets first: time, power, scripted faults, chance.
  status_result enter(operation what, std::string_view name) {
    elapsed += latency[static_cast<std::size_t>(what)];
    if (off)
      return error{errc::io_error, std::string{sim_disk_detail::word(what)}
                                       + " " + std::string{name}
                                       + ": power is off"};
    for (auto i = faults.begin(); i != faults.end(); ++i) {
      if (i->what != what || !name.starts_with(i->prefix))
        continue;
      const errc code = i->code;
      faults.erase(i);
      return failure(what, name, code);
    }
    if (unlucky(what))
      return failure(what, name, errc::io_error);
    return unit{};
  }

  bool unlucky(operation what) {
    std::uint32_t chance = 0;
    if (what == operation::read)
      chance = chances.read;
    else if (what == operation::write)
      chance = chances.write;
    else if (what == operation::sync)
      chance = chances.sync;
    return chance > 0
           && sim_disk_detail::next_random(random) % 1'000'000 < chance;
  }

  /// Counts a change; true when the power fails in it.
  bool last_change() {
    off = changes++ == off_at;
    return off;
  }

  error power_cut(operation what, std::string_view name) const {
    return error{errc::io_error, std::string{sim_disk_detail::word(what)} + " "
                                     + std::string{name} + ": power failed"};
  }

  status_result change_directory(directory_unit unit_) {
    const auto name = unit_.from.empty() ? unit_.to : unit_.from;
    sim_disk_detail::settle(live, unit_);
    pending.push_back(std::move(unit_));
    if (last_change())
      return power_cut(operation::directory, name);
    return unit{};
  }

  bool fits(std::uint64_t before, std::uint64_t after) const {
    std::uint64_t used = 0;
    for (const auto& [name, file] : live)
      used += file->live.size();
    return after <= before || used + (after - before) <= capacity;
  }

  /// Files a crash can reach, oldest first.
  std::vector<inode_ptr> reachable() const {
    std::vector<inode_ptr> out;
    for (const auto& file : inodes) {
      const auto is_file = [&](const auto& entry) {
        return entry.second == file;
      };
      if (std::any_of(live.begin(), live.end(), is_file)
          || std::any_of(durable.begin(), durable.end(), is_file))
        out.push_back(file);
    }
    return out;
  }
};

} // namespace troupe
