#include "tests/e2e/cli/cluster_under_test.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

// A cluster that is started over the state of an earlier run: what that knew of
// its nodes is no news.

using namespace troupe::testing;

namespace {

namespace fs = std::filesystem;

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool needs_root() {
  if (geteuid() == 0)
    return false;
  WARN("needs root");
  return true;
}

constexpr const char* lease_path =
    "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n";

/// RFC 3339 times of one zone compare as texts.
std::string renewal(const cluster_under_test& it, int node) {
  return nlohmann::json::parse(it.api("GET", lease_path + std::to_string(node)))
      .at("spec")
      .at("renewTime");
}

/// A file in the place of a directory: the node's agent ends at its start.
void break_agent(const cluster_under_test& it, const std::string& node) {
  const auto records = it.path("default/state/" + node + "/records");
  fs::remove_all(records);
  std::ofstream{records} << "in the way";
}

} // namespace

TEST_CASE("up over kept state waits for every node to report anew") {
  if (needs_root())
    return;
  const cluster_under_test it;
  REQUIRE(it.run({"up", "--port", "0", "--nodes", "2"}).exit_code == 0);
  const std::string before[] = {renewal(it, 1), renewal(it, 2)};
  for (const bool crash : {false, true}) {
    CAPTURE(crash);
    if (crash)
      REQUIRE(kill(it.supervisor_pid(), SIGKILL) == 0);
    else
      REQUIRE(it.run({"down", "--keep-state"}).exit_code == 0);
    REQUIRE(eventually([&] { return it.processes().empty(); }));
    const auto again = it.run({"up", "--nodes", "2"});
    INFO(again.err);
    REQUIRE(again.exit_code == 0);
    CHECK(renewal(it, 1) > before[0]);
    CHECK(renewal(it, 2) > before[1]);
  }
}

TEST_CASE("up over kept state names the node whose agent does not come") {
  if (needs_root())
    return;
  const cluster_under_test it;
  REQUIRE(it.run({"up", "--port", "0", "--nodes", "2"}).exit_code == 0);
  REQUIRE(it.run({"down", "--keep-state"}).exit_code == 0);
  break_agent(it, "n2");
  const auto failed = it.run({"up", "--nodes", "2", "--timeout", "5s"});
  INFO(failed.err);
  CHECK(failed.exit_code == 1);
  CHECK(holds(failed.err, "node n2 is not ready"));
  CHECK(holds(failed.err, "its agent"));
  CHECK(holds(failed.err, it.path("default/log/n2.log")));
  CHECK(holds(failed.err, it.path("default/state/n2/records")));
  CHECK_FALSE(holds(failed.err, "node n1"));
  CHECK(holds(failed.err, "troupe down"));
  // The same again to who joins, and all is well when it comes.
  CHECK(it.run({"up", "--nodes", "2", "--timeout", "1s"}).exit_code == 1);
  fs::remove(it.path("default/state/n2/records"));
  const auto mended = it.run({"up", "--nodes", "2"});
  INFO(mended.err);
  CHECK(mended.exit_code == 0);
}
