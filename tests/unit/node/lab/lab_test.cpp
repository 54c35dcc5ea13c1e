#include "node/lab/lab.hpp"
#include "node/network/pod_network.hpp"
#include "tests/support/net_world.hpp"

#include <catch2/catch.hpp>
#include <sys/mount.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

using namespace troupe;
using namespace troupe::lab;
using support::connect_tcp;
using support::net_world;
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

ip_address ip(std::string_view text) {
  return must(ip_address::parse(text));
}

ip_prefix net(std::string_view text) {
  return must(ip_prefix::parse(text));
}

lab_plan plan_in(const net_world& world, std::size_t nodes) {
  lab_config config;
  config.directory = world / "lab";
  config.nodes = nodes;
  config.guests = {"registry"};
  config.private_ranges = {net("10.244.0.0/16"), net("10.96.0.0/12")};
  std::filesystem::create_directory(config.directory);
  return must(make_lab_plan(config));
}

std::string text_of(const char* path) {
  std::ostringstream out;
  out << std::ifstream{path}.rdbuf();
  return out.str();
}

/// What the caller's namespaces hold: links, routes, mounts, a sysctl.
std::string outside() {
  return text_of("/proc/thread-self/net/dev").substr(0, 200)
         + text_of("/proc/thread-self/net/route")
         + text_of("/proc/thread-self/mountinfo")
         + text_of("/proc/sys/net/ipv4/ip_forward");
}

netns space_of(const lab_plan& plan, std::string_view name) {
  const auto* member = plan.find(name);
  REQUIRE(member != nullptr);
  return must(netns::open(member->netns_path));
}

} // namespace

TEST_CASE("the members of a lab reach each other and nothing else") {
  const net_world world;
  const auto before = must(must(sys::netlink::open()).links());
  const auto routes = must(must(sys::netlink::open()).routes(ip_family::v4));
  const auto plan = plan_in(world, 3);
  must(build_lab(plan));
  for (const auto& from : plan.members)
    for (const auto& to : plan.members) {
      INFO(from.name << " to " << to.name);
      CHECK(ping(space_of(plan, from.name), to.address) == reach::reached);
    }
  const auto n1 = space_of(plan, "n1");
  CHECK(connect_tcp(n1, space_of(plan, "s1"), ip("10.89.0.11"), 6443)
        == reach::reached);
  CHECK(connect_tcp(n1, space_of(plan, "registry"), ip("10.89.0.200"), 5000)
        == reach::reached);
  CHECK(connect_tcp(n1, n1, ip("127.0.0.1"), 80) == reach::reached);
  for (const auto* far : {"10.244.7.7", "10.96.0.10", "192.0.2.1"})
    CHECK(ping(n1, ip(far)) == reach::unreachable);
  CHECK(must(must(sys::netlink::open()).links()) == before);
  CHECK(must(must(sys::netlink::open()).routes(ip_family::v4)) == routes);
  must(destroy_lab(world / "lab"));
}

TEST_CASE("a lab that is built again keeps its namespaces and their routes") {
  const net_world world;
  const auto plan = plan_in(world, 2);
  must(build_lab(plan));
  const auto n1 = space_of(plan, "n1");
  auto inside = must(n1.open_netlink());
  const auto eth0 = must(inside.find_link("eth0"));
  sys::route added;
  added.destination = net("10.244.2.0/24");
  added.gateway = ip("10.89.1.2");
  added.index = eth0.index;
  must(inside.set_route(added));
  must(build_lab(plan));
  CHECK(space_of(plan, "n1") == n1);
  CHECK(must(inside.find_link("eth0")) == eth0);
  const auto routes = must(inside.routes(ip_family::v4));
  CHECK(std::count(routes.begin(), routes.end(), added) == 1);
  must(destroy_lab(world / "lab"));
}

TEST_CASE("a half-built lab is completed") {
  const net_world world;
  const auto plan = plan_in(world, 2);
  const auto pin = [&](const char* name) {
    return plan.pin_directory + "/" + name;
  };
  SECTION("the directory alone") {
    std::filesystem::create_directory(plan.pin_directory);
  }
  SECTION("files on which nothing is pinned") {
    std::filesystem::create_directory(plan.pin_directory);
    for (const auto* name : {"lan", "s1", "n1"})
      std::ofstream{pin(name)};
  }
  SECTION("namespaces without a cable") {
    std::filesystem::create_directory(plan.pin_directory);
    for (const auto* name : {"lan", "s1", "n1"})
      must(netns::open_or_create(pin(name)));
  }
  SECTION("a LAN that was lost") {
    must(build_lab(plan));
    must(sys::unpin_netns(plan.lan_netns_path));
  }
  SECTION("a member that was lost") {
    must(build_lab(plan));
    must(sys::unpin_netns(pin("n2")));
  }
  SECTION("a cable that was pulled") {
    must(build_lab(plan));
    auto lan = must(must(netns::open(plan.lan_netns_path)).open_netlink());
    must(lan.delete_link(must(lan.find_link("n2")).index));
  }
  must(build_lab(plan));
  for (const auto& from : plan.members)
    for (const auto& to : plan.members) {
      INFO(from.name << " to " << to.name);
      CHECK(ping(space_of(plan, from.name), to.address) == reach::reached);
    }
  must(destroy_lab(world / "lab"));
}

TEST_CASE("a smaller plan removes the members it lacks") {
  const net_world world;
  must(build_lab(plan_in(world, 3)));
  const auto n3 = must(netns::open(world / "lab/netns/n3"));
  const auto plan = plan_in(world, 1);
  must(build_lab(plan));
  CHECK_FALSE(std::filesystem::exists(world / "lab/netns/n3"));
  CHECK(ping(n3, ip("10.89.1.1")) != reach::reached);
  CHECK(ping(space_of(plan, "n1"), ip("10.89.0.11")) == reach::reached);
  auto lan = must(must(netns::open(plan.lan_netns_path)).open_netlink());
  CHECK(must(lan.links()).size() == 5);
  must(destroy_lab(world / "lab"));
}

TEST_CASE("destroy leaves no trace") {
  const net_world world;
  std::filesystem::create_directory(world / "lab");
  const auto before = outside();
  const auto plan = plan_in(world, 3);
  SECTION("of a whole lab") {
    must(build_lab(plan));
  }
  SECTION("of one with pins on pins") {
    must(build_lab(plan));
    const auto path = plan.find("n1")->netns_path;
    REQUIRE(mount("/proc/self/ns/net", path.c_str(), nullptr, MS_BIND, nullptr)
            == 0);
  }
  SECTION("of half a lab") {
    std::filesystem::create_directory(plan.pin_directory);
    must(netns::open_or_create(plan.pin_directory + "/lan"));
    must(netns::open_or_create(plan.pin_directory + "/n7"));
    std::ofstream{plan.pin_directory + "/n8"};
  }
  SECTION("of none") {}
  must(destroy_lab(world / "lab"));
  CHECK_FALSE(std::filesystem::exists(plan.pin_directory));
  CHECK(outside() == before);
  must(destroy_lab(world / "lab"));
  must(destroy_lab(world / "never"));
}

TEST_CASE("destroy cuts off whoever is left inside") {
  const net_world world;
  const auto plan = plan_in(world, 2);
  must(build_lab(plan));
  const auto n1 = space_of(plan, "n1");
  const auto n2 = space_of(plan, "n2");
  CHECK(ping(n1, ip("10.89.1.2")) == reach::reached);
  must(destroy_lab(world / "lab"));
  // The kernel takes an unpinned namespace apart on its own time.
  auto inside = must(n1.open_netlink());
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (inside.find_link("eth0")
         && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  REQUIRE_FALSE(inside.find_link("eth0"));
  CHECK(inside.find_link("eth0").error().code == errc::not_found);
  CHECK(ping(n1, ip("10.89.1.2")) == reach::unreachable);
}

TEST_CASE("destroy does not remove what is not the lab's") {
  const net_world world;
  const auto plan = plan_in(world, 1);
  must(build_lab(plan));
  std::ofstream{plan.pin_directory + "/notes"} << "mine";
  CHECK_FALSE(destroy_lab(world / "lab"));
  CHECK(std::filesystem::exists(plan.pin_directory + "/notes"));
  CHECK_FALSE(std::filesystem::exists(plan.pin_directory + "/lan"));
}

TEST_CASE("a node of the lab carries pods") {
  const net_world world;
  const auto plan = plan_in(world, 2);
  must(build_lab(plan));
  std::unique_ptr<network::pod_network> pods;
  const auto n1 = space_of(plan, "n1");
  must(n1.run([&]() -> status_result {
    network::pod_network_config config;
    config.directory = world / "";
    config.pod_cidrs = {net("10.244.0.0/24")};
    config.private_ranges = plan.private_ranges;
    auto opened = network::pod_network::open(std::move(config));
    if (!opened)
      return opened.error();
    pods = std::move(*opened);
    return unit{};
  }));
  const auto pod = must(pods->attach("uid-a", world / "pod-a"));
  const auto in_pod = must(netns::open(pod.netns_path));
  CHECK(connect_tcp(n1, in_pod, pod.addresses[0], 80) == reach::reached);
  CHECK(ping(in_pod, ip("10.89.1.1")) == reach::reached);
  CHECK(ping(in_pod, ip("10.244.1.9")) == reach::unreachable);
  must(pods->detach("uid-a", world / "pod-a"));
  must(destroy_lab(world / "lab"));
}
