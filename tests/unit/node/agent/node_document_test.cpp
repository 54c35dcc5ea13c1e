#include "messages/meta/time.hpp"
#include "messages/view/core_v1.hpp"
#include "node/agent/node_document.hpp"
#include "tests/unit/node/agent/objects.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::agent;
using namespace std::chrono_literals;

namespace {

namespace core = view::core_v1;

const wall_time noon{24h * 20'000 + 12h};

node_config config_of_n1() {
  node_config out;
  out.name = "n1";
  out.addresses = {"10.0.0.1", "fd00::1"};
  out.milli_cpu = 1500;
  out.memory = (std::int64_t{2} << 30) + 7;
  out.ephemeral_storage = std::int64_t{10} << 30;
  return out;
}

machine_facts facts() {
  machine_facts out;
  out.machine_id = "m";
  out.boot_id = "b";
  out.kernel_version = "6.1.0";
  out.os_image = "Debian GNU/Linux 12 (bookworm)";
  out.architecture = "amd64";
  return out;
}

codec::document status_of(const codec::document& node, wall_time now,
                          const std::string& problem = {},
                          const std::vector<node_image>& images = {}) {
  return with_node_status(node, config_of_n1(), facts(), {problem}, images,
                          now);
}

std::string amounts(const view::map<std::string_view>& from) {
  std::string out;
  for (const auto& [key, value] : from)
    out += std::string{key} + "=" + std::string{value} + " ";
  return out;
}

/// The time of day of a timestamp.
std::string clock(std::string_view time) {
  return time.empty() ? "never" : std::string{time.substr(11, 8)};
}

/// "Ready=True since 12:00:00 beat 12:00:05".
std::string condition(const codec::document& node, std::string_view type) {
  for (const auto& each : core::node{node}.status().conditions())
    if (each.type() == type)
      return std::string{type} + "=" + std::string{each.status()} + " since "
             + clock(each.last_transition_time()) + " beat "
             + clock(each.last_heartbeat_time());
  return "none";
}

} // namespace

TEST_CASE("a node is registered with the well-known labels", "[agent]") {
  const auto made = make_node(config_of_n1(), facts());
  const core::node node{made};
  CHECK(node.metadata().name() == "n1");
  CHECK(amounts(node.metadata().labels())
        == "beta.kubernetes.io/arch=amd64 beta.kubernetes.io/os=linux "
           "kubernetes.io/arch=amd64 kubernetes.io/hostname=n1 "
           "kubernetes.io/os=linux ");
}

TEST_CASE("a status says what the node offers", "[agent]") {
  const auto made = status_of(make_node(config_of_n1(), facts()), noon);
  const auto status = core::node{made}.status();
  const auto offers = "cpu=1500m ephemeral-storage=10Gi memory=2Gi pods=110 ";
  CHECK(amounts(status.capacity()) == offers);
  CHECK(amounts(status.allocatable()) == offers);
  std::string addresses;
  for (const auto& each : status.addresses())
    addresses +=
        std::string{each.type()} + "=" + std::string{each.address()} + " ";
  CHECK(addresses == "InternalIP=10.0.0.1 InternalIP=fd00::1 Hostname=n1 ");
  const auto info = status.node_info();
  CHECK(info.kernel_version() == "6.1.0");
  CHECK(info.os_image() == "Debian GNU/Linux 12 (bookworm)");
  CHECK(info.operating_system() == "linux");
  CHECK(info.kubelet_version().starts_with("v1."));
  CHECK(status.images().empty());
  CHECK(condition(made, "Ready") == "Ready=True since 12:00:00 beat 12:00:00");
  CHECK(condition(made, "MemoryPressure")
        == "MemoryPressure=False since 12:00:00 beat 12:00:00");
  CHECK(condition(made, "DiskPressure") != "none");
  CHECK(condition(made, "PIDPressure") != "none");
}

TEST_CASE("only a change of status moves a transition time", "[agent]") {
  auto node = status_of(make_node(config_of_n1(), facts()), noon, "no bridge");
  CHECK(condition(node, "Ready") == "Ready=False since 12:00:00 beat 12:00:00");
  node = status_of(node, noon + 5s, "still no bridge");
  CHECK(condition(node, "Ready") == "Ready=False since 12:00:00 beat 12:00:05");
  node = status_of(node, noon + 10s);
  CHECK(condition(node, "Ready") == "Ready=True since 12:00:10 beat 12:00:10");
  CHECK(condition(node, "PIDPressure")
        == "PIDPressure=False since 12:00:00 beat 12:00:10");
}

TEST_CASE("what keeps the node from being ready is told", "[agent]") {
  const auto node =
      status_of(make_node(config_of_n1(), facts()), noon, "no bridge");
  for (const auto& each : core::node{node}.status().conditions())
    if (each.type() == "Ready") {
      CHECK(each.reason() == "KubeletNotReady");
      CHECK(each.message() == "no bridge");
    }
}

TEST_CASE("what others say about the node stays", "[agent]") {
  const auto given = test::make_object("v1", "Node", R"({
    "metadata": {"name": "n1", "labels": {"zone": "a"}},
    "spec": {"unschedulable": true, "podCIDR": "10.9.0.0/24"},
    "status": {"conditions": [
      {"type": "DiskTired", "status": "True", "reason": "Old",
       "lastTransitionTime": "2020-01-01T00:00:00Z"},
      {"type": "Ready", "status": "Unknown",
       "lastTransitionTime": "2020-01-01T00:00:00Z"}]}})");
  const auto node = status_of(given, noon);
  CHECK(core::node{node}.spec().unschedulable());
  CHECK(core::node{node}.spec().pod_cidr() == "10.9.0.0/24");
  CHECK(condition(node, "DiskTired")
        == "DiskTired=True since 00:00:00 beat never");
  CHECK(condition(node, "Ready") == "Ready=True since 12:00:00 beat 12:00:00");
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& each :
       core::node{node}.status().conditions())
    ++count;
  CHECK(count == 5);
}

TEST_CASE("the largest images are listed, and leave again", "[agent]") {
  std::vector<node_image> images;
  for (int i = 0; i < 60; ++i)
    images.push_back({{"a", "b", "c", "d", "e", "f"}, i});
  auto node = status_of(make_node(config_of_n1(), facts()), noon, "", images);
  std::size_t count = 0;
  for (const auto& each : core::node{node}.status().images()) {
    CHECK(each.size_bytes() == static_cast<std::int64_t>(59 - count++));
    std::string names;
    for (const auto name : each.names())
      names += name;
    CHECK(names == "abcde");
  }
  CHECK(count == 50);
  node = status_of(node, noon);
  CHECK(core::node{node}.status().images().empty());
}

TEST_CASE("heartbeats alone are no difference", "[agent]") {
  const auto before = status_of(make_node(config_of_n1(), facts()), noon);
  CHECK(same_node_status(before, status_of(before, noon + 1min)));
  CHECK_FALSE(same_node_status(before, status_of(before, noon, "no bridge")));
  CHECK_FALSE(
      same_node_status(before, status_of(before, noon, "", {{{"a"}, 1}})));
  CHECK_FALSE(same_node_status(make_node(config_of_n1(), facts()), before));
}

TEST_CASE("a lease keeps who made it and is renewed now", "[agent]") {
  const auto config = config_of_n1();
  const auto first = make_lease(config, nullptr, noon + 5us);
  CHECK(test::text_of(first)
        == R"({"metadata":{"name":"n1","namespace":"kube-node-lease"},)"
           R"("spec":{"holderIdentity":"n1","leaseDurationSeconds":40,)"
           R"("renewTime":"2024-10-04T12:00:00.000005Z"}})");
  const auto stored = test::make_object(
      "coordination.k8s.io/v1", "Lease",
      R"({"metadata":{"name":"n1","namespace":"kube-node-lease","uid":"l",
          "resourceVersion":"7"},
          "spec":{"holderIdentity":"older","leaseTransitions":3}})");
  const auto next = test::text_of(make_lease(config, &stored, noon));
  CHECK(next.find(R"("uid":"l")") != std::string::npos);
  CHECK(next.find(R"("resourceVersion":"7")") != std::string::npos);
  CHECK(next.find(R"("holderIdentity":"n1")") != std::string::npos);
  CHECK(next.find(R"("leaseTransitions":3)") != std::string::npos);
}
