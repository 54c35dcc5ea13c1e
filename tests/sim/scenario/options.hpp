#pragma once

#include "messages/base/time_point.hpp"
#include "tests/sim/world/net.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::sim {

/// A kind of fault that comes again and again.
struct fault_plan {
  std::string kind; ///< a name of nemesis/faults.hpp
  duration every_min{};
  duration every_max{};
  duration for_min{};
  duration for_max{};
};

/// What one run is made of, as drawn from a scenario.
struct options {
  std::uint64_t seed = 0;
  std::string scenario;

  // The cluster.
  unsigned servers = 3;
  duration tick = std::chrono::milliseconds{50};
  unsigned election_ticks = 10;
  std::uint64_t snapshot_entries = 100;
  std::uint64_t kept_entries = 20;
  duration compaction_interval = std::chrono::seconds{8};
  std::uint64_t segment_octets = 64 * 1024;
  std::uint64_t append_entries_max = 64;
  std::uint64_t inflight_appends_max = 16;

  // The world.
  link_quality links;
  duration sync_latency_min = std::chrono::microseconds{200};
  duration sync_latency_max = std::chrono::milliseconds{2};
  duration snapshot_latency = std::chrono::milliseconds{20};
  std::uint32_t drift = 0; ///< of clocks, at most, in millionths

  // The workload.
  unsigned clients = 4;
  unsigned watchers = 2;
  unsigned keys = 6;
  std::uint64_t value_octets = 100;                   ///< at most
  duration think = std::chrono::milliseconds{20};     ///< at most
  duration deadline = std::chrono::seconds{2};        ///< of a proposal
  duration patience = std::chrono::milliseconds{700}; ///< for one answer

  // The nemesis.
  duration faulty = std::chrono::seconds{20}; ///< then everything heals
  std::vector<fault_plan> faults;
};

/// One line a field that tells runs apart.
std::string to_text(const options& o);

} // namespace troupe::sim
