#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace troupe::cgroup {

/// "No limit" in the fields that say so.
inline constexpr std::int64_t unlimited = -1;

/// What one group may use. A field without a value is left as the kernel has
/// it. Values are those of a container runtime's specification, whatever the
/// layout; a backend translates them (shares to a weight on v2).
struct limits {
  /// Relative share of the CPU under contention, 2..262144; 1024 is one core.
  std::optional<std::uint64_t> cpu_shares;
  /// Microseconds of CPU per period, at least 1000; or `unlimited`.
  std::optional<std::int64_t> cpu_quota_us;
  /// Length of a period, 1000..1000000 microseconds. Default 100000.
  std::optional<std::uint64_t> cpu_period_us;
  /// Bytes past which the kernel reclaims, then kills; or `unlimited`. Swap is
  /// never granted on top.
  std::optional<std::int64_t> memory_max_bytes;
  /// Bytes that are never reclaimed, and bytes reclaimed last. v2 only, and
  /// ignored elsewhere.
  std::optional<std::uint64_t> memory_min_bytes;
  std::optional<std::uint64_t> memory_low_bytes;
  /// Whether an out-of-memory kill ends the whole group. v2 only, and ignored
  /// elsewhere: there one process dies.
  std::optional<bool> memory_oom_group;
  /// Most processes and threads; or `unlimited`.
  std::optional<std::int64_t> pids_max;
  /// CPUs and memory nodes as lists ("0-3,8"), each a part of the parent's.
  std::optional<std::string> cpuset_cpus;
  std::optional<std::string> cpuset_mems;

  friend bool operator==(const limits&, const limits&) = default;
};

/// What a group has used. On v1 the memory figures are the hierarchical ones.
struct usage {
  std::uint64_t cpu_ns = 0;           ///< user and system time
  std::uint64_t cpu_periods = 0;      ///< periods in which a quota applied
  std::uint64_t cpu_throttled = 0;    ///< periods that ran into the quota
  std::uint64_t cpu_throttled_ns = 0; ///< time spent waiting for it
  std::uint64_t memory_bytes = 0;     ///< charged, page cache included
  std::uint64_t memory_working_set_bytes = 0; ///< without inactive file pages
  std::uint64_t memory_rss_bytes = 0;         ///< anonymous pages
  std::uint64_t page_faults = 0;
  std::uint64_t major_page_faults = 0;
  std::uint64_t pids = 0; ///< processes and threads alive

  friend bool operator==(const usage&, const usage&) = default;
};

} // namespace troupe::cgroup
