#include "tests/e2e/cli/cluster_under_test.hpp"
#include "tests/support/outside_world.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

// Each test is a machine of its own, in a network namespace: nothing it sends
// leaves that.

using namespace troupe;
using namespace troupe::testing;
using support::net_world;
using support::outside_world;
using support::ping;
using support::reach;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool needs_root() {
  if (geteuid() == 0)
    return false;
  WARN("needs root");
  return true;
}

std::string printed(const std::string& command, const std::string& file) {
  CHECK(std::system(("{ " + command + "; } >" + file).c_str()) == 0);
  std::ostringstream out;
  out << std::ifstream{file}.rdbuf();
  return out.str();
}

/// All that an uplink changes of a machine.
std::string machine(const cluster_under_test& it) {
  return printed(
      "ip -oneline link show | sed 's/^[0-9]*: //'; ip route; "
      "nft list ruleset; grep . /proc/sys/net/ipv4/conf/*/forwarding",
      it.home() + "/machine");
}

reach from_node(const cluster_under_test& it, const char* to,
                const std::string& cluster = "default") {
  const auto node = sys::netns::open(it.path(cluster + "/run/netns/n1"));
  REQUIRE(node);
  return ping(*node, *ip_address::parse(to));
}

} // namespace

TEST_CASE("up joins the nodes to the machine, and down takes it back") {
  if (needs_root())
    return;
  const net_world world;
  const outside_world outside{world};
  cluster_under_test it;
  it.uplink = "";
  const auto before = machine(it);
  const auto up = it.run({"up", "--port", "0", "--nodes", "1"});
  INFO(up.err);
  REQUIRE(up.exit_code == 0);
  CHECK(from_node(it, "20.0.0.1") == reach::reached);
  CHECK(from_node(it, "10.1.2.3") == reach::unreachable);

  // The LAN is taken now: another cluster goes without, or says what to do.
  const std::vector<std::string> second = {"up", "--name",  "b", "--port",
                                           "0",  "--nodes", "1"};
  const auto plain = it.run(second);
  INFO(plain.err);
  CHECK(plain.exit_code == 0);
  CHECK(holds(plain.err, "as with --uplink none: the cluster's network"));
  CHECK(from_node(it, "20.0.0.1", "b") == reach::unreachable);
  CHECK(it.run({"down", "--name", "b"}).exit_code == 0);
  auto asked = second;
  asked.insert(asked.end(), {"--uplink", "auto"});
  const auto refused = it.run(asked);
  CHECK(refused.exit_code == 1);
  CHECK(holds(refused.err, "--uplink none"));
  CHECK_FALSE(std::filesystem::exists(it.path("b")));

  // Remembered over a stop, which leaves the machine as it was.
  const auto other = it.run({"up", "--uplink", "none"});
  CHECK(other.exit_code == 1);
  CHECK(holds(other.err, "another --uplink"));
  REQUIRE(it.run({"down", "--keep-state"}).exit_code == 0);
  CHECK(machine(it) == before);
  REQUIRE(it.run({"up", "--nodes", "1"}).exit_code == 0);
  CHECK(from_node(it, "20.0.0.1") == reach::reached);
  REQUIRE(it.run({"down"}).exit_code == 0);
  CHECK(machine(it) == before);
}

TEST_CASE("a machine that leads nowhere has clusters without an uplink") {
  if (needs_root())
    return;
  const net_world world;
  cluster_under_test it;
  it.uplink = "";
  REQUIRE(std::system("ip link set lo up") == 0);
  const auto refused =
      it.run({"up", "--port", "0", "--nodes", "1", "--uplink", "auto"});
  CHECK(refused.exit_code == 1);
  CHECK(holds(refused.err, "this machine has no default route"));
  CHECK_FALSE(std::filesystem::exists(it.path("default")));
  const auto up = it.run({"up", "--port", "0", "--nodes", "1"});
  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK_FALSE(holds(up.err, "uplink"));
}
