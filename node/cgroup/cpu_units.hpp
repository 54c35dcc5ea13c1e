#pragma once

#include <cstdint>

namespace troupe::cgroup {

/// Arithmetic between the units of the API (thousandths of a core) and those
/// of the kernel. Values are the kubelet's and the container runtimes'.
inline constexpr std::uint64_t shares_min = 2;
inline constexpr std::uint64_t shares_max = 262144;
inline constexpr std::uint64_t shares_per_core = 1024;
inline constexpr std::int64_t quota_min_us = 1000;
inline constexpr std::uint64_t period_default_us = 100000;

/// Shares for a CPU request: 1024 per core, within 2..262144. No request, or a
/// negative one, has 2.
std::uint64_t milli_cpu_to_shares(std::int64_t milli_cpu);

/// Microseconds per period for a CPU limit, at least 1000; `unlimited` (-1)
/// for no limit, which is zero or less.
std::int64_t milli_cpu_to_quota(std::int64_t milli_cpu,
                                std::uint64_t period_us = period_default_us);

/// Maps 2..262144 shares onto the weights 1..10000 of v2, linearly. Smaller
/// and larger shares count as the nearest in range.
std::uint64_t shares_to_weight(std::uint64_t shares);

/// The shares that a weight stands for: the way back, as near as whole numbers
/// allow.
std::uint64_t weight_to_shares(std::uint64_t weight);

} // namespace troupe::cgroup
