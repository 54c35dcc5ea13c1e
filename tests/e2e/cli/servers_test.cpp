#include "tests/e2e/cli/cluster_under_test.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <fstream>
#include <sstream>

// How many servers a cluster has is chosen with it.

using namespace troupe::testing;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
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
