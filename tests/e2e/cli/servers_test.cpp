#include "tests/e2e/cli/cluster_under_test.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

// How many servers a cluster has is chosen with it.

using namespace troupe::testing;

namespace {

namespace fs = std::filesystem;

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr const char* maps = "/api/v1/namespaces/default/configmaps";

std::string map_named(const std::string& name) {
  return R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":")" + name
         + R"("}})";
}

bool needs_root() {
  if (geteuid() == 0)
    return false;
  WARN("needs root");
  return true;
}

/// Of the processes of the cluster.
std::string names(const cluster_under_test& it) {
  std::string out;
  const auto status = it.status();
  for (const auto& each : status.at("processes"))
    out += (out.empty() ? "" : " ") + each.at("name").get<std::string>();
  return out;
}

std::string slurp(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream{path}.rdbuf();
  return out.str();
}

} // namespace

TEST_CASE("a cluster keeps its number of servers") {
  const cluster_under_test it;
  for (const auto* bad : {"0", "2", "4", "9", "-1", "3.0"}) {
    const auto refused = it.run({"up", "--port", "0", "--servers", bad});
    INFO(refused.err);
    CHECK(refused.exit_code == 2);
    CHECK(holds(refused.err, "--servers: expected a number of servers, 1, 3 "
                             "or 5, not '"
                                 + std::string{bad} + "'"));
  }
  CHECK_FALSE(holds(it.run({"status"}).out, "Ready"));
  REQUIRE(it.run({"up", "--port", "0", "--servers", "1"}).exit_code == 0);
  const auto before = slurp(it.path("default/cluster.json"));
  const auto refuses = [&] {
    const auto refused = it.run({"up", "--servers", "3"});
    INFO(refused.err);
    CHECK(refused.exit_code == 1);
    CHECK(holds(refused.err, "--servers 3: the cluster has 1 server"));
    CHECK(holds(refused.err, "--name"));
    CHECK(slurp(it.path("default/cluster.json")) == before);
  };
  refuses();
  REQUIRE(it.run({"down", "--keep-state"}).exit_code == 0);
  refuses();
  CHECK(it.run({"up", "--servers", "1"}).exit_code == 0);
}

TEST_CASE("three servers are one cluster, with nodes or without") {
  if (needs_root())
    return;
  const cluster_under_test it;
  const auto first = it.run({"up", "--port", "0", "--servers", "3"});
  INFO(first.err);
  REQUIRE(first.exit_code == 0);
  CHECK(first.err.empty());
  CHECK(names(it) == "bus-s1 bus-s2 bus-s3 s1 s2 s3");
  REQUIRE(holds(it.api("POST", maps, map_named("before")), "before"));
  // Whoever answers, answers the same.
  for (int i = 0; i < 10; ++i)
    CHECK(holds(it.api("GET", std::string{maps} + "/before"), "before"));
  for (const auto* each : {"s1", "s2", "s3"})
    CHECK(holds(it.run({"actors"}).out,
                "/server/" + std::string{each} + "/state/main"));
  CHECK(it.run({"kill", "/server/s2/gateway"}).exit_code == 0);
  CHECK(it.run({"kill", "--process", "bus-s3"}).exit_code == 0);
  CHECK(holds(it.run({"kill", "--process", "bus"}).err, "bus-s1, bus-s2"));
  CHECK(eventually([&] {
    return holds(it.api("GET", std::string{maps} + "/before"), "before");
  }));

  REQUIRE(it.run({"down", "--keep-state"}).exit_code == 0);
  CHECK(it.processes().empty());
  const auto again = it.run({"up"});
  INFO(again.err);
  REQUIRE(again.exit_code == 0);
  CHECK(names(it) == "bus-s1 bus-s2 bus-s3 s1 s2 s3");
  CHECK(holds(it.api("GET", std::string{maps} + "/before"), "before"));
  CHECK(it.run({"down", "--all"}).exit_code == 0);
  CHECK(it.processes().empty());
}

TEST_CASE("up says which server does not run, and does without it") {
  if (needs_root())
    return;
  const cluster_under_test it;
  REQUIRE(it.run({"up", "--port", "0", "--servers", "3"}).exit_code == 0);
  REQUIRE(holds(it.api("POST", maps, map_named("before")), "before"));
  REQUIRE(it.run({"down", "--keep-state"}).exit_code == 0);
  // Its state is another's: it ends as soon as it has looked at it.
  fs::remove_all(it.path("default/state/s2"));
  fs::copy(it.path("default/state/s1"), it.path("default/state/s2"));
  const auto partly = it.run({"up"});
  INFO(partly.err);
  CHECK(partly.exit_code == 0);
  CHECK(holds(partly.out, "is ready"));
  CHECK(holds(partly.err, "ready, but not all of it: server s2 does not run"));
  CHECK(holds(partly.err, it.path("default/log/s2.log")));
  CHECK(holds(it.api("POST", maps, map_named("without")), "without"));
  CHECK(holds(it.api("GET", std::string{maps} + "/before"), "before"));
}
