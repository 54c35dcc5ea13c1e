#include "node/agent/network_keeper.hpp"
#include "node/sys/nftables.hpp"
#include "tests/support/net_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::agent;
using support::net_world;

namespace {

template <class T>
T must(result<T> outcome) {
  INFO((outcome ? "" : outcome.error().message));
  REQUIRE(outcome);
  return std::move(*outcome);
}

ip_address ip(std::string_view text) {
  return must(ip_address::parse(text));
}

ip_prefix net(std::string_view text) {
  return must(ip_prefix::parse(text));
}

/// A node, n1, on a LAN with others.
struct node {
  net_world world;
  node_config config;

  node() {
    config.name = "n1";
    config.addresses = {"10.89.1.1"};
    config.pod_ranges = {net("10.244.0.0/16")};
    config.service_ranges = {net("10.96.0.0/12")};
    auto inside = must(sys::netlink::open());
    must(inside.add_bridge("lan"));
    const auto lan = must(inside.find_link("lan")).index;
    must(inside.change_link(lan, {.up = true}));
    must(inside.set_address({lan, ip("10.89.1.1"), 16}));
  }

  static std::string rules() {
    return must(
        sys::run_nftables(must(sys::netns::current()), "list ruleset\n"));
  }

  /// "10.244.1.0/24 via 10.89.1.2": those to other nodes.
  static std::string routes() {
    std::string out;
    for (const auto& each :
         must(must(sys::netlink::open()).routes(ip_family::v4)))
      if (each.owner == network::node_route_owner)
        out += each.destination.to_string() + " via "
               + each.gateway->to_string() + "\n";
    return out;
  }
};

network_job some_job() {
  network_job out;
  out.pod_cidrs = {net("10.244.0.0/24")};
  out.nodes = {{"n1", {ip("10.89.1.1")}, {net("10.244.0.0/24")}},
               {"n2", {ip("10.89.1.2")}, {net("10.244.1.0/24")}}};
  network::service_port web;
  web.service = "default/web";
  web.port = 80;
  web.cluster_addresses = {ip("10.96.0.10")};
  out.services = {web};
  return out;
}

} // namespace

TEST_CASE("a node's routes and rules are as a job says") {
  const node it;
  auto job = some_job();
  {
    network_keeper keeper{it.config};
    CHECK(keeper.carry_out(job).empty());
    CHECK(node::routes() == "10.244.1.0/24 via 10.89.1.2\n");
    CHECK(node::rules().find("10.96.0.10") != std::string::npos);
  }
  // The next agent does not know the services yet: they stay.
  network_keeper keeper{it.config};
  job.services.reset();
  job.nodes.push_back({"n3", {ip("10.89.1.3")}, {net("10.244.2.0/24")}});
  CHECK(keeper.carry_out(job).empty());
  CHECK(node::routes()
        == "10.244.1.0/24 via 10.89.1.2\n10.244.2.0/24 via 10.89.1.3\n");
  CHECK(node::rules().find("10.96.0.10") != std::string::npos);
  job.services.emplace();
  job.nodes.resize(1);
  CHECK(keeper.carry_out(job).empty());
  CHECK(node::routes().empty());
  CHECK(node::rules().find("10.96.0.10") == std::string::npos);
  // Other pods than before.
  CHECK(node::rules().find("10.244.7.0") == std::string::npos);
  job.pod_cidrs = {net("10.244.7.0/24")};
  CHECK(keeper.carry_out(job).empty());
  CHECK(node::rules().find("10.244.7.0") != std::string::npos);
}

TEST_CASE("what cannot be done keeps nothing else back") {
  const node it;
  auto job = some_job();
  job.nodes[1].addresses = {ip("192.0.2.1")};
  network_keeper keeper{it.config};
  const auto problem = keeper.carry_out(job);
  CHECK(problem.find("10.244.1.0/24") != std::string::npos);
  CHECK(node::rules().find("10.96.0.10") != std::string::npos);
  auto config = it.config;
  config.addresses = {"10.89.1.9"};
  network_keeper elsewhere{config};
  job = some_job();
  CHECK(elsewhere.carry_out(job) == "no link has the node's address 10.89.1.9");
  CHECK(node::routes() == "10.244.1.0/24 via 10.89.1.2\n");
}
