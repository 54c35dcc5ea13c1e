#include "node/lab/lab.hpp"
#include "node/lab/uplink.hpp"
#include "node/sys/nftables.hpp"
#include "tests/support/outside_world.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace troupe;
using namespace troupe::lab;
using support::net_world;
using support::outside_world;
using support::ping;
using support::reach;
using sys::netns;

namespace {

template <class T>
T must(result<T> outcome) {
  INFO((outcome ? "" : outcome.error().message));
  REQUIRE(outcome);
  return std::move(*outcome);
}

ip_address ip(const char* text) {
  return must(ip_address::parse(text));
}

lab_config config_in(const net_world& world) {
  lab_config config;
  config.directory = world / "lab";
  config.nodes = 2;
  config.private_ranges = {must(ip_prefix::parse("10.244.0.0/16"))};
  config.uplink = "troupe-1a2b3c4d";
  std::filesystem::create_directory(config.directory);
  return config;
}

netns space_of(const lab_plan& plan, const char* name) {
  return must(netns::open(plan.find(name)->netns_path));
}

std::string forwarding(const std::string& link) {
  std::string out;
  const auto path = "/proc/sys/net/ipv4/conf/" + link + "/forwarding";
  must(must(netns::current()).run([&]() -> status_result {
    std::ifstream{path} >> out;
    return unit{};
  }));
  return out;
}

/// All that an uplink changes of the machine.
std::string machine() {
  auto net = must(sys::netlink::open());
  std::string out;
  for (const auto& link : must(net.links()))
    out += link.name + " " + forwarding(link.name) + "\n";
  for (const auto& route : must(net.routes(ip_family::v4)))
    out += route.destination.to_string() + "\n";
  return out + must(sys::run_nftables(must(netns::current()), "list ruleset"));
}

} // namespace

TEST_CASE("nodes reach what the machine reaches, and nobody reaches them") {
  const net_world world;
  const outside_world outside{world};
  const auto before = machine();
  const auto config = config_in(world);
  const auto plan = must(make_lab_plan(config));
  must(check_uplink(*plan.uplink));
  // Again over what is there.
  for (int i = 0; i < 2; ++i)
    must(build_lab(plan));
  for (const auto* name : {"n1", "n2"}) {
    const auto node = space_of(plan, name);
    CHECK(ping(node, ip("20.0.0.1")) == reach::reached);
    CHECK(ping(node, ip("198.51.100.1")) == reach::reached);
    CHECK(ping(node, ip("192.168.77.1")) == reach::reached);
    CHECK(ping(node, ip("10.89.0.1")) == reach::reached);
    CHECK(ping(node, ip("10.1.2.3")) == reach::unreachable);
    CHECK(ping(node, ip("10.244.9.9")) == reach::unreachable);
  }
  const auto server = space_of(plan, "s1");
  CHECK(ping(server, ip("20.0.0.1")) == reach::unreachable);
  CHECK(ping(must(netns::current()), ip("10.89.1.1")) == reach::reached);

  // Somebody outside who sends the lab's packets to the machine.
  auto there = must(outside.far().open_netlink());
  sys::route in;
  in.destination = plan.lan;
  in.gateway = ip("198.51.100.2");
  in.index = must(there.find_link("eth0")).index;
  must(there.set_route(in));
  CHECK(ping(outside.far(), ip("10.89.1.1")) == reach::unreachable);

  CHECK(forwarding("eth0") == "1");
  must(destroy_lab(config.directory));
  CHECK(machine() == before);
  CHECK_FALSE(std::filesystem::exists(config.directory + "/uplink"));
}

TEST_CASE("a lab that is to have no uplink any more loses it") {
  const net_world world;
  const outside_world outside{world};
  const auto before = machine();
  auto config = config_in(world);
  must(build_lab(must(make_lab_plan(config))));
  CHECK(machine() != before);
  config.uplink.reset();
  const auto plan = must(make_lab_plan(config));
  must(build_lab(plan));
  CHECK(machine() == before);
  CHECK(ping(space_of(plan, "n1"), ip("20.0.0.1")) == reach::unreachable);
  must(destroy_lab(config.directory));
}

TEST_CASE("a machine that somebody else has forward goes on doing so") {
  const net_world world;
  const outside_world outside{world};
  const auto config = config_in(world);
  must(build_lab(must(make_lab_plan(config))));
  must(must(netns::current()).set_sysctl("net/ipv4/ip_forward", "1"));
  must(destroy_lab(config.directory));
  CHECK(forwarding("eth0") == "1");
}

TEST_CASE("what is in the way of an uplink is named") {
  const net_world world;
  const auto plan = *must(make_lab_plan(config_in(world))).uplink;
  CHECK(check_uplink(plan).error().code == errc::not_found);
  const outside_world outside{world};
  must(check_uplink(plan));
  auto here = must(sys::netlink::open());
  must(here.set_address(
      {must(here.find_link("lan0")).index, ip("10.89.7.1"), 24}));
  const auto refused = check_uplink(plan);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::conflict);
  CHECK(refused.error().message.find("10.89.7.0/24 through lan0")
        != std::string::npos);
}
