#include "tests/unit/runtime/wal/wal_fixture.hpp"

#include <catch2/catch.hpp>

namespace troupe::wal::testing {

config small_config(std::uint64_t segment_octets) {
  config out;
  out.self = {"cluster-a", raft::member_id{"s1"}};
  out.segment_octets = segment_octets;
  out.frame_alignment = 512;
  out.batch_octets_max = 2048;
  return out;
}

raft::entry entry(std::uint64_t index, std::uint64_t term,
                  std::string payload) {
  return {{raft::log_index{index}, raft::term{term}},
          raft::entry_kind::command,
          make_shared_bytes(std::move(payload))};
}

entries_record entries(raft::group_id group, std::uint64_t first,
                       std::uint64_t last, std::size_t octets) {
  entries_record out{group, {}};
  for (auto index = first; index <= last; ++index) {
    auto payload =
        "g" + std::to_string(group.value()) + "-" + std::to_string(index) + " ";
    payload.resize(std::max(octets, payload.size()), '.');
    out.entries.push_back(entry(index, 1, std::move(payload)));
  }
  return out;
}

opened_log open_log(disk_port& disk, const config& settings) {
  auto opened = write_ahead_log::open(disk, settings);
  if (!opened)
    FAIL(opened.error().message);
  for (const auto& damage : opened->found.damages)
    INFO(damage.file << ": " << damage.what);
  REQUIRE(opened->log != nullptr);
  return std::move(*opened);
}

void commit(write_ahead_log& target, record value) {
  REQUIRE(target.append({std::move(value)}));
  REQUIRE(target.sync());
}

const recovered_group* find_group(const recovery& found, raft::group_id group) {
  for (const auto& candidate : found.groups)
    if (candidate.group == group)
      return &candidate;
  return nullptr;
}

std::uint64_t last_index(const recovery& found, raft::group_id group) {
  const auto* state = find_group(found, group);
  if (state == nullptr)
    return 0;
  return state->entries.empty() ? state->snapshot.index.value()
                                : state->entries.back().at.index.value();
}

bool as_written(const recovery& found, std::size_t octets) {
  for (const auto& group : found.groups) {
    auto index = group.snapshot.index.value();
    for (const auto& got : group.entries) {
      ++index;
      const auto want = entries(group.group, index, index, octets);
      if (!(got == want.entries.front()))
        return false;
    }
  }
  return true;
}

} // namespace troupe::wal::testing
