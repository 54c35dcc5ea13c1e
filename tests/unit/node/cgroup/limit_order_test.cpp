#include "node/cgroup/limit_order.hpp"

#include <catch2/catch.hpp>

using namespace troupe::cgroup;

namespace {

struct row {
  const char* name;
  limits current;
  limits wanted;
  limit_changes want;
};

} // namespace

TEST_CASE("changes of limits go in two halves") {
  const auto rows = std::vector<row>{
      {"nothing is asked", {.pids_max = 5}, {}, {}},
      {"nothing changes", {.pids_max = 5}, {.pids_max = 5}, {}},
      {"up", {.pids_max = 5}, {.pids_max = 6}, {{.pids_max = 6}, {}}},
      {"down", {.pids_max = 5}, {.pids_max = 4}, {{}, {.pids_max = 4}}},
      {"up to no limit",
       {.memory_max_bytes = 4096},
       {.memory_max_bytes = unlimited},
       {{.memory_max_bytes = unlimited}, {}}},
      {"down from no limit",
       {.memory_max_bytes = unlimited},
       {.memory_max_bytes = 4096},
       {{}, {.memory_max_bytes = 4096}}},
      {"both ways",
       {.memory_max_bytes = 4096, .pids_max = 5},
       {.memory_max_bytes = 8192, .pids_max = 4},
       {{.memory_max_bytes = 8192}, {.pids_max = 4}}},
      {"unknown so far", {}, {.cpuset_cpus = "0"}, {{.cpuset_cpus = "0"}, {}}},
      {"shares are bounded by nobody",
       {.cpu_shares = 1024},
       {.cpu_shares = 2},
       {{.cpu_shares = 2}, {}}},
      {"a quota down",
       {.cpu_quota_us = 50000, .cpu_period_us = 100000},
       {.cpu_quota_us = 20000},
       {{}, {.cpu_quota_us = 20000, .cpu_period_us = 100000}}},
      {"a shorter period is more",
       {.cpu_quota_us = 50000, .cpu_period_us = 100000},
       {.cpu_period_us = 50000},
       {{.cpu_quota_us = 50000, .cpu_period_us = 50000}, {}}},
      {"a quota up, with a longer period less",
       {.cpu_quota_us = 50000, .cpu_period_us = 100000},
       {.cpu_quota_us = 60000, .cpu_period_us = 200000},
       {{}, {.cpu_quota_us = 60000, .cpu_period_us = 200000}}},
      {"a first quota",
       {.cpu_quota_us = unlimited, .cpu_period_us = 100000},
       {.cpu_quota_us = 60000},
       {{}, {.cpu_quota_us = 60000, .cpu_period_us = 100000}}},
      {"no quota any more",
       {.cpu_quota_us = 60000, .cpu_period_us = 100000},
       {.cpu_quota_us = unlimited},
       {{.cpu_quota_us = unlimited, .cpu_period_us = 100000}, {}}},
      {"more CPUs",
       {.cpuset_cpus = "0-1"},
       {.cpuset_cpus = "0-3"},
       {{.cpuset_cpus = "0-3"}, {}}},
      {"other CPUs",
       {.cpuset_cpus = "0-1"},
       {.cpuset_cpus = "1-3"},
       {{}, {.cpuset_cpus = "1-3"}}},
  };
  for (const auto& it : rows) {
    INFO(it.name);
    CHECK(split_changes(it.current, it.wanted) == it.want);
  }
}

TEST_CASE("lists of CPUs") {
  CHECK(list_contains("0-3", "1-2"));
  CHECK(list_contains("0-3", "0,3"));
  CHECK(list_contains("0,1,2,3", "0-3"));
  CHECK(list_contains("0", ""));
  CHECK_FALSE(list_contains("0-3", "2-4"));
  CHECK_FALSE(list_contains("", "0"));
  CHECK_FALSE(list_contains("x", "0"));
  CHECK_FALSE(list_contains("0-3", "3-1"));
  CHECK_FALSE(list_contains("0-3", "0-"));
  CHECK_FALSE(list_contains("0-99999999", "0"));
}
