#include "node/cgroup/cpu_units.hpp"

#include "node/cgroup/limits.hpp"

#include <algorithm>

namespace troupe::cgroup {

namespace {

constexpr std::uint64_t weight_min = 1;
constexpr std::uint64_t weight_max = 10000;
constexpr std::uint64_t milli_per_core = 1000;
// Past this many thousandths of a core a product would overflow.
constexpr std::int64_t milli_cpu_max = 1'000'000'000'000;

} // namespace

std::uint64_t milli_cpu_to_shares(std::int64_t milli_cpu) {
  if (milli_cpu <= 0)
    return shares_min;
  const auto milli =
      static_cast<std::uint64_t>(std::min(milli_cpu, milli_cpu_max));
  return std::clamp(milli * shares_per_core / milli_per_core, shares_min,
                    shares_max);
}

std::int64_t milli_cpu_to_quota(std::int64_t milli_cpu,
                                std::uint64_t period_us) {
  if (milli_cpu <= 0)
    return unlimited;
  const auto quota = std::min(milli_cpu, milli_cpu_max)
                     * static_cast<std::int64_t>(period_us)
                     / static_cast<std::int64_t>(milli_per_core);
  return std::max(quota, quota_min_us);
}

std::uint64_t shares_to_weight(std::uint64_t shares) {
  const auto within = std::clamp(shares, shares_min, shares_max);
  return weight_min
         + (within - shares_min) * (weight_max - weight_min)
               / (shares_max - shares_min);
}

std::uint64_t weight_to_shares(std::uint64_t weight) {
  const auto within = std::clamp(weight, weight_min, weight_max);
  return shares_min
         + (within - weight_min) * (shares_max - shares_min)
               / (weight_max - weight_min);
}

} // namespace troupe::cgroup
