#include "node/cgroup/cpu_units.hpp"
#include "node/cgroup/limits.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace troupe::cgroup;

TEST_CASE("shares follow the request") {
  struct row {
    std::int64_t milli_cpu;
    std::uint64_t shares;
  };
  const auto it = GENERATE(values<row>({
      {-1, 2},
      {0, 2},
      {1, 2},
      {2, 2},
      {3, 3},
      {100, 102},
      {250, 256},
      {500, 512},
      {1000, 1024},
      {1500, 1536},
      {256000, 262144},
      {300000, 262144},
      {std::numeric_limits<std::int64_t>::max(), 262144},
  }));
  CAPTURE(it.milli_cpu);
  CHECK(milli_cpu_to_shares(it.milli_cpu) == it.shares);
}

TEST_CASE("quotas follow the limit") {
  struct row {
    std::int64_t milli_cpu;
    std::uint64_t period_us;
    std::int64_t quota_us;
  };
  const auto it = GENERATE(values<row>({
      {-5, 100000, unlimited},
      {0, 100000, unlimited},
      {1, 100000, 1000},
      {10, 100000, 1000},
      {11, 100000, 1100},
      {200, 100000, 20000},
      {1000, 100000, 100000},
      {2500, 100000, 250000},
      {200, 5000, 1000},
      {1000, 5000, 5000},
      {1000, 1000000, 1000000},
  }));
  CAPTURE(it.milli_cpu, it.period_us);
  CHECK(milli_cpu_to_quota(it.milli_cpu, it.period_us) == it.quota_us);
}

TEST_CASE("quotas of absurd limits do not overflow") {
  CHECK(milli_cpu_to_quota(std::numeric_limits<std::int64_t>::max(), 1000000)
        == 1'000'000'000'000'000);
}

TEST_CASE("shares become weights") {
  struct row {
    std::uint64_t shares;
    std::uint64_t weight;
  };
  const auto it = GENERATE(values<row>({
      {0, 1},
      {2, 1},
      {102, 4},
      {256, 10},
      {512, 20},
      {1024, 39},
      {2048, 79},
      {262144, 10000},
      {500000, 10000},
  }));
  CAPTURE(it.shares);
  CHECK(shares_to_weight(it.shares) == it.weight);
}

TEST_CASE("weights and shares go back and forth") {
  for (std::uint64_t weight = 1; weight <= 10000; ++weight) {
    const auto again = shares_to_weight(weight_to_shares(weight));
    CHECK((again == weight || again + 1 == weight));
  }
}
