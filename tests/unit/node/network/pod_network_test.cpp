#include "node/network/pod_link.hpp"
#include "node/network/pod_network.hpp"
#include "tests/support/net_world.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>

using namespace troupe;
using namespace troupe::network;
using support::connect_tcp;
using support::net_world;
using support::ping;
using support::reach;
using sys::netlink;
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

pod_network_config config_in(const net_world& world,
                             std::vector<ip_prefix> ranges) {
  pod_network_config out;
  out.directory = world / "";
  out.pod_cidrs = std::move(ranges);
  out.private_ranges = {net("10.244.0.0/16"), net("10.96.0.0/12")};
  return out;
}

std::unique_ptr<pod_network> open_in(const net_world& world) {
  return must(pod_network::open(config_in(world, {net("10.244.3.0/24")})));
}

netlink inside(const std::string& path) {
  return must(must(netns::open(path)).open_netlink());
}

std::size_t count_links() {
  return must(must(netlink::open()).links()).size();
}

} // namespace

TEST_CASE("a node's side is set up, again and again") {
  const net_world world;
  for (int i = 0; i < 3; ++i) {
    const auto pods = must(pod_network::open(
        config_in(world, {net("10.244.3.0/24"), net("fd00:244:3::/64")})));
    auto node = must(netlink::open());
    const auto bridge = must(node.find_link(bridge_name));
    CHECK(bridge.up);
    CHECK(bridge.mac == mac_of(ip("10.244.3.1")));
    CHECK(must(node.links()).size() == 2);
    std::string forward;
    std::ifstream{"/proc/sys/net/ipv4/ip_forward"} >> forward;
    CHECK(forward == "1");
    CHECK(must(node.routes(ip_family::v4)).size() == 3);
    CHECK(must(pods->list()).empty());
  }
  const auto self = must(netns::current());
  CHECK(ping(self, ip("10.244.3.1")) == reach::reached);
  CHECK(ping(self, ip("10.244.9.1")) == reach::unreachable);
  CHECK(ping(self, ip("10.96.0.10")) == reach::unreachable);
}

TEST_CASE("the bridge's addresses follow the node's ranges") {
  const net_world world;
  must(pod_network::open(config_in(world, {net("10.244.3.0/24")})));
  must(pod_network::open(config_in(world, {net("10.244.4.0/24")})));
  auto node = must(netlink::open());
  const auto bridge = must(node.find_link(bridge_name)).index;
  std::vector<ip_address> v4;
  for (const auto& one : must(node.addresses(bridge)))
    if (one.address.family() == ip_family::v4)
      v4.push_back(one.address);
  CHECK(v4 == std::vector{ip("10.244.4.1")});
}

TEST_CASE("two pods and their node reach each other") {
  const net_world world;
  const auto pods = must(pod_network::open(
      config_in(world, {net("10.244.3.0/24"), net("fd00:244:3::/64")})));
  const auto a = must(pods->attach("uid-a", world / "a"));
  const auto b = must(pods->attach("uid-b", world / "b"));
  CHECK(a.pod_uid == "uid-a");
  CHECK(a.netns_path == world / "a");
  CHECK(a.node_link == node_link_name("uid-a"));
  CHECK(a.addresses == std::vector{ip("10.244.3.2"), ip("fd00:244:3::2")});
  CHECK(b.addresses == std::vector{ip("10.244.3.3"), ip("fd00:244:3::3")});
  CHECK(must(pods->list()) == std::set<std::string>{"uid-a", "uid-b"});
  const auto node = must(netns::current());
  const auto in_a = must(netns::open(a.netns_path));
  const auto in_b = must(netns::open(b.netns_path));
  for (const std::size_t family : {0, 1}) {
    INFO(family);
    const auto to_a = a.addresses[family];
    const auto to_b = b.addresses[family];
    const auto to_node = family == 0 ? ip("10.244.3.1") : ip("fd00:244:3::1");
    CHECK(ping(in_a, to_b) == reach::reached);
    CHECK(ping(in_a, to_a) == reach::reached);
    CHECK(connect_tcp(in_a, in_b, to_b, 80) == reach::reached);
    CHECK(connect_tcp(in_b, in_a, to_a, 80) == reach::reached);
    CHECK(connect_tcp(node, in_a, to_a, 81) == reach::reached);
    CHECK(connect_tcp(in_a, node, to_node, 82) == reach::reached);
  }
  CHECK(ping(in_a, ip("127.0.0.1")) == reach::reached);
  CHECK(ping(in_a, ip("10.244.9.9")) == reach::unreachable);
}

TEST_CASE("many pods come and go at once") {
  const net_world world;
  const auto pods = open_in(world);
  std::vector<std::future<bool>> all;
  for (int i = 0; i < 8; ++i)
    all.push_back(std::async(std::launch::async, [&, uid = std::to_string(i)] {
      for (int round = 0; round < 3; ++round)
        if (!pods->attach(uid, world / uid) || !pods->detach(uid, world / uid))
          return false;
      return pods->attach(uid, world / uid).has_value();
    }));
  for (auto& each : all)
    CHECK(each.get());
  CHECK(must(pods->list()).size() == 8);
}

TEST_CASE("the mtu is the same on both ends and on the bridge") {
  const net_world world;
  for (const std::uint32_t mtu : {1450U, 9000U, 1400U}) {
    INFO(mtu);
    auto config = config_in(world, {net("10.244.3.0/24")});
    config.mtu = mtu;
    const auto pods = must(pod_network::open(std::move(config)));
    const auto a = must(pods->attach("uid-a", world / "a"));
    auto node = must(netlink::open());
    CHECK(must(node.find_link(bridge_name)).mtu == mtu);
    CHECK(must(node.find_link(a.node_link)).mtu == mtu);
    CHECK(must(inside(a.netns_path).find_link("eth0")).mtu == mtu);
  }
  auto config = config_in(world, {net("10.244.3.0/24")});
  config.mtu = 575;
  CHECK(pod_network::open(config).error().message
        == "mtu is from 576 to 65535, not 575");
  config.pod_cidrs = {};
  CHECK_FALSE(pod_network::open(config));
}

TEST_CASE("a detached pod leaves nothing") {
  const net_world world;
  const auto pods = open_in(world);
  const auto links = count_links();
  (void)must(pods->attach("uid-a", world / "a"));
  const auto in_a = must(netns::open(world / "a"));
  CHECK(count_links() == links + 1);
  must(pods->detach("uid-a", world / "a"));
  CHECK(count_links() == links);
  CHECK_FALSE(std::filesystem::exists(world / "a"));
  CHECK(must(pods->list()).empty());
  // Though somebody still holds the namespace, it leads nowhere.
  CHECK(must(must(in_a.open_netlink()).links()).size() == 1);
  must(pods->detach("uid-a", world / "a"));
  must(pods->detach("never-seen", world / "never"));
}

TEST_CASE("attach completes whatever a crash left") {
  const net_world world;
  const auto name = node_link_name("uid-a");
  const auto path = world / "a";
  auto pods = open_in(world);
  const auto good = must(pods->attach("uid-a", path));
  auto node = must(netlink::open());
  SECTION("nothing: it happened before") {}
  SECTION("the file without a namespace, the reservation alone") {
    must(node.delete_link(must(node.find_link(name)).index));
    must(sys::unpin_netns(path));
    std::ofstream{path};
  }
  SECTION("a namespace without a link") {
    must(node.delete_link(must(node.find_link(name)).index));
  }
  SECTION("a link without an alias") {
    must(node.change_link(must(node.find_link(name)).index, {.alias = ""}));
  }
  SECTION("a link that is down, and no port of the bridge") {
    must(node.change_link(must(node.find_link(name)).index,
                          {.up = false, .master = sys::link_index{}}));
  }
  SECTION("an eth0 that is down") {
    auto pod = inside(path);
    must(pod.change_link(must(pod.find_link("eth0")).index, {.up = false}));
  }
  SECTION("an eth0 with another address") {
    auto pod = inside(path);
    const auto eth0 = must(pod.find_link("eth0")).index;
    must(pod.set_address({eth0, ip("10.244.3.99"), 24}));
    must(pod.delete_address({eth0, ip("10.244.3.2"), 24}));
  }
  SECTION("a link whose pod's namespace was lost") {
    must(sys::unpin_netns(path));
  }
  SECTION("an eth0 that leads elsewhere") {
    must(node.delete_link(must(node.find_link(name)).index));
    sys::veth_request request;
    request.name = "stranger";
    request.peer_name = "eth0";
    const auto pod = must(netns::open(path));
    request.peer_netns = pod.fd();
    must(node.add_veth(request));
  }
  pods = open_in(world);
  CHECK(must(pods->attach("uid-a", path)) == good);
  CHECK(ping(must(netns::open(path)), ip("10.244.3.1")) == reach::reached);
  CHECK(ping(must(netns::current()), ip("10.244.3.2")) == reach::reached);
  const auto pod_links = must(inside(path).links());
  CHECK(pod_links.size() == 2);
  CHECK(must(inside(path).routes(ip_family::v4)).size() == 2);
  CHECK(must(node.find_link(name)).alias == "uid-a");
}

TEST_CASE("detach completes whatever a crash left") {
  const net_world world;
  const auto path = world / "a";
  auto pods = open_in(world);
  (void)must(pods->attach("uid-a", path));
  auto node = must(netlink::open());
  SECTION("the link is gone") {
    must(node.delete_link(must(node.find_link(node_link_name("uid-a"))).index));
  }
  SECTION("the pin is gone") {
    must(sys::unpin_netns(path));
  }
  pods = open_in(world);
  CHECK(must(pods->list()) == std::set<std::string>{"uid-a"});
  must(pods->detach("uid-a", path));
  CHECK(must(pods->list()).empty());
  CHECK(count_links() == 2);
}

TEST_CASE("a returning agent finds its pods as they are") {
  const net_world world;
  auto pods = open_in(world);
  const auto a = must(pods->attach("uid-a", world / "a"));
  const auto b = must(pods->attach("uid-b", world / "b"));
  SECTION("with what it wrote") {}
  SECTION("without it") {
    std::filesystem::remove(world / "addresses");
  }
  pods = open_in(world);
  CHECK(must(pods->list()) == std::set<std::string>{"uid-a", "uid-b"});
  CHECK(must(pods->adopt("uid-b", world / "b")) == b);
  CHECK(must(pods->adopt("uid-a", world / "a")) == a);
  CHECK(must(pods->attach("uid-c", world / "c")).addresses
        == std::vector{ip("10.244.3.4")});
  CHECK(connect_tcp(must(netns::open(world / "c")),
                    must(netns::open(world / "a")), a.addresses[0], 80)
        == reach::reached);
}

TEST_CASE("a pod that lost its network is not adopted") {
  const net_world world;
  const auto pods = open_in(world);
  (void)must(pods->attach("uid-a", world / "a"));
  auto node = must(netlink::open());
  SECTION("its namespace") {
    must(sys::unpin_netns(world / "a"));
  }
  SECTION("its link") {
    must(node.delete_link(must(node.find_link(node_link_name("uid-a"))).index));
  }
  SECTION("its place on the bridge") {
    must(node.change_link(must(node.find_link(node_link_name("uid-a"))).index,
                          {.master = sys::link_index{}}));
  }
  SECTION("its address") {
    auto pod = inside(world / "a");
    must(pod.delete_address(
        {must(pod.find_link("eth0")).index, ip("10.244.3.2"), 24}));
  }
  CHECK(pods->adopt("uid-a", world / "a").error().code == errc::not_found);
}

TEST_CASE("a damaged file of addresses is said, and can be removed") {
  const net_world world;
  auto pods = open_in(world);
  const auto a = must(pods->attach("uid-a", world / "a"));
  std::ofstream{world / "addresses", std::ios::app} << "x";
  const auto config = config_in(world, {net("10.244.3.0/24")});
  const auto refused = pod_network::open(config);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::corrupt);
  CHECK(refused.error().message.find("/addresses: ") != std::string::npos);
  std::filesystem::remove(world / "addresses");
  pods = open_in(world);
  CHECK(must(pods->adopt("uid-a", world / "a")) == a);
}

TEST_CASE("addresses run out and come back") {
  const net_world world;
  const auto pods =
      must(pod_network::open(config_in(world, {net("10.244.3.0/29")})));
  for (int i = 0; i < 5; ++i)
    (void)must(pods->attach("p" + std::to_string(i),
                            world / ("p" + std::to_string(i))));
  const auto more = pods->attach("more", world / "more");
  REQUIRE_FALSE(more);
  CHECK(more.error().code == errc::no_space);
  CHECK_FALSE(std::filesystem::exists(world / "more"));
  must(pods->detach("p3", world / "p3"));
  CHECK(must(pods->attach("more", world / "more")).addresses
        == std::vector{ip("10.244.3.5")});
}

TEST_CASE("an address that changes hands is reached at once") {
  const net_world world;
  const auto pods =
      must(pod_network::open(config_in(world, {net("10.244.3.0/29")})));
  (void)must(pods->attach("a", world / "a"));
  (void)must(pods->attach("b", world / "b"));
  const auto in_a = must(netns::open(world / "a"));
  CHECK(ping(in_a, ip("10.244.3.3")) == reach::reached);
  must(pods->detach("b", world / "b"));
  for (const auto* uid : {"c", "d", "e"})
    (void)must(pods->attach(uid, world / uid));
  (void)must(pods->attach("f", world / "f"));
  CHECK(ping(in_a, ip("10.244.3.3")) == reach::reached);
}

TEST_CASE("a bad uid is refused before anything is made") {
  const net_world world;
  const auto pods = open_in(world);
  CHECK(pods->attach("a b", world / "a").error().code
        == errc::invalid_argument);
  CHECK_FALSE(std::filesystem::exists(world / "a"));
}
