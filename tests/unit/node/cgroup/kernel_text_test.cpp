#include "node/cgroup/kernel_text.hpp"
#include "node/cgroup/limits.hpp"

#include <catch2/catch.hpp>

using namespace troupe::cgroup;

TEST_CASE("limits of every layout read alike") {
  CHECK(parse_limit("4096\n") == 4096);
  CHECK(parse_limit("max\n") == unlimited);
  CHECK(parse_limit("-1\n") == unlimited);
  CHECK(parse_limit("9223372036854771712\n") == unlimited);
  CHECK(parse_limit("18446744073709551615\n") == unlimited);
  CHECK(parse_limit("") == std::nullopt);
  CHECK(parse_limit("4k") == std::nullopt);
  CHECK(limit_text(unlimited) == "max");
  CHECK(limit_text(12) == "12");
}

TEST_CASE("keyed numbers") {
  const auto text = "oom 1\noom_kill 3\noom_group_kill 2\n";
  CHECK(keyed_number(text, "oom_kill") == 3);
  CHECK(keyed_number(text, "oom") == 1);
  CHECK(keyed_number(text, "kill") == std::nullopt);
  CHECK(keyed_number("", "oom") == std::nullopt);
  CHECK(keyed_number("oom", "oom") == std::nullopt);
}

TEST_CASE("bandwidth") {
  const auto some = parse_bandwidth("20000 100000\n");
  REQUIRE(some);
  CHECK(some->quota_us == 20000);
  CHECK(some->period_us == 100000);
  const auto none = parse_bandwidth("max 100000\n");
  REQUIRE(none);
  CHECK(none->quota_us == unlimited);
  CHECK(!parse_bandwidth("max"));
  CHECK(!parse_bandwidth(""));
}

TEST_CASE("processes of strange namespaces are left out") {
  CHECK(parse_pids("0\n7\n\n12\nx\n") == std::vector<pid_t>{7, 12});
  CHECK(parse_pids("99999999999\n").empty());
}

TEST_CASE("words") {
  CHECK(parse_words("cpuset cpu  io\n")
        == std::vector<std::string>{"cpuset", "cpu", "io"});
  CHECK(parse_words("\n").empty());
}
