#include "node/sys/netlink.hpp"
#include "node/sys/netns.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

using namespace troupe;
using namespace troupe::sys;

namespace {

/// A directory for pins; what is pinned in it goes with it.
class pin_directory {
public:
  pin_directory() {
    std::string pattern = "/tmp/troupe_netlink_test.XXXXXX";
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }

  ~pin_directory() {
    for (const auto& file : std::filesystem::directory_iterator{path_})
      (void)unpin_netns(file.path());
    std::filesystem::remove(path_);
  }

  std::string operator/(std::string_view name) const {
    return path_ + "/" + std::string{name};
  }

private:
  std::string path_;
};

template <class T>
T must(result<T> outcome) {
  INFO((outcome ? "" : outcome.error().message));
  REQUIRE(outcome);
  return std::move(*outcome);
}

ip_address ip(std::string_view text) {
  return must(ip_address::parse(text));
}

route unreachable(std::string_view range, std::uint32_t metric) {
  route out;
  out.destination = must(ip_prefix::parse(range));
  out.kind = route_kind::unreachable;
  out.metric = metric;
  return out;
}

} // namespace

TEST_CASE("a namespace is made, found and removed") {
  pin_directory pins;
  const auto path = pins / "one";
  CHECK(netns::open(path).error().code == errc::not_found);
  const auto made = must(netns::open_or_create(path));
  CHECK(must(netns::open(path)) == made);
  CHECK(must(netns::open_or_create(path)) == made);
  CHECK_FALSE(must(netns::current()) == made);
  must(unpin_netns(path));
  CHECK_FALSE(std::filesystem::exists(path));
  must(unpin_netns(path));
}

TEST_CASE("a pin that was never mounted is made good or removed") {
  pin_directory pins;
  const auto path = pins / "one";
  std::ofstream{path};
  CHECK(netns::open(path).error().code == errc::not_found);
  must(netns::open_or_create(path));
  must(unpin_netns(path));
  std::ofstream{path};
  must(unpin_netns(path));
  CHECK_FALSE(std::filesystem::exists(path));
  std::ofstream{path} << "somebody's";
  CHECK(unpin_netns(path).error().code == errc::invalid_argument);
  std::filesystem::remove(path);
}

TEST_CASE("a function runs inside, and its caller stays outside") {
  pin_directory pins;
  const auto made = must(netns::open_or_create(pins / "one"));
  const auto before = must(netns::current());
  must(made.run([&]() -> status_result {
    CHECK(must(netns::current()) == made);
    return unit{};
  }));
  CHECK(must(netns::current()) == before);
  const auto failed = made.run([]() -> status_result {
    return error{errc::conflict, "no"};
  });
  CHECK(failed.error() == error{errc::conflict, "no"});
}

TEST_CASE("sysctls are the namespace's own") {
  pin_directory pins;
  const auto read = [] {
    std::ifstream file{"/proc/sys/net/ipv4/ip_forward"};
    std::string text;
    file >> text;
    return text;
  };
  const auto outside = read();
  const auto made = must(netns::open_or_create(pins / "one"));
  must(made.set_sysctl("net/ipv4/ip_forward", "1"));
  must(made.run([&]() -> status_result {
    CHECK(read() == "1");
    return unit{};
  }));
  CHECK(read() == outside);
  const auto wrong = made.set_sysctl("net/ipv4/no_such", "1");
  CHECK(wrong.error().code == errc::not_found);
  CHECK(wrong.error().message
        == "write /proc/sys/net/ipv4/no_such: No such file or directory");
}

TEST_CASE("a bridge and a veth between two namespaces") {
  pin_directory pins;
  const auto here = must(netns::open_or_create(pins / "here"));
  const auto there = must(netns::open_or_create(pins / "there"));
  auto a = must(here.open_netlink());
  auto b = must(there.open_netlink());
  must(a.add_bridge("br0"));
  CHECK(a.add_bridge("br0").error().code == errc::already_exists);
  const auto bridge = must(a.find_link("br0"));
  CHECK(bridge.kind == "bridge");
  CHECK_FALSE(bridge.up);
  const mac_address mac{{2, 0, 0, 0, 0, 1}};
  must(a.change_link(bridge.index,
                     {.up = true, .mtu = 1450, .mac = mac, .alias = "it"}));
  veth_request request;
  request.name = "fifteen-letters";
  request.alias = "some uid";
  request.mtu = 1450;
  request.master = bridge.index;
  request.peer_name = "eth0";
  request.peer_netns = there.fd();
  request.peer_mac = mac_address{{2, 0, 0, 0, 0, 2}};
  must(a.add_veth(request));
  CHECK(a.add_veth(request).error().message.substr(0, 24)
        == "add link fifteen-letters");
  const auto port = must(a.find_link("fifteen-letters"));
  const auto eth0 = must(b.find_link("eth0"));
  CHECK(port.kind == "veth");
  CHECK(port.alias == "some uid");
  CHECK(port.master == bridge.index);
  CHECK((port.up && !eth0.up));
  CHECK_FALSE((port.carries || eth0.carries));
  must(b.change_link(eth0.index, {.up = true}));
  CHECK(must(b.find_link("eth0")).up);
  for (const auto* name : {"fifteen-letters", "br0"}) {
    must(a.wait_for_carrier(name));
    CHECK(must(a.find_link(name)).carries);
  }
  must(b.wait_for_carrier("eth0"));
  must(a.change_link(bridge.index, {.up = false}));
  CHECK_FALSE(must(a.find_link("br0")).carries);
  CHECK(a.wait_for_carrier("none").error().code == errc::not_found);
  CHECK((port.mtu == 1450 && eth0.mtu == 1450));
  CHECK(eth0.mac == request.peer_mac);
  CHECK(eth0.peer == port.index);
  CHECK(port.peer == eth0.index);
  CHECK(must(a.find_link("br0")).mac == mac);
  CHECK(must(a.links()).size() == 3);
  must(a.set_hairpin(port.index, true));
  must(a.delete_link(port.index));
  CHECK(b.find_link("eth0").error().code == errc::not_found);
  must(a.delete_link(port.index));
  CHECK(a.find_link("a-name-too-long!").error().code == errc::invalid_argument);
}

TEST_CASE("addresses are set twice and deleted twice") {
  pin_directory pins;
  auto net = must(must(netns::open_or_create(pins / "one")).open_netlink());
  const auto lo = must(net.find_link("lo")).index;
  must(net.change_link(lo, {.up = true}));
  for (const auto& address :
       {link_address{lo, ip("10.1.2.3"), 24}, {lo, ip("fd00::3"), 64}}) {
    INFO(address.address.to_string());
    const auto has = [&] {
      const auto all = must(net.addresses(lo));
      return std::count(all.begin(), all.end(), address);
    };
    must(net.set_address(address));
    must(net.set_address(address));
    CHECK(has() == 1);
    must(net.delete_address(address));
    must(net.delete_address(address));
    CHECK(has() == 0);
  }
}

TEST_CASE("routes are set twice and deleted twice") {
  pin_directory pins;
  auto net = must(must(netns::open_or_create(pins / "one")).open_netlink());
  must(net.add_bridge("br0"));
  const auto bridge = must(net.find_link("br0")).index;
  must(net.change_link(bridge, {.up = true}));
  must(net.set_address({bridge, ip("10.1.2.3"), 24}));
  must(net.set_address({bridge, ip("fd01::3"), 64}));
  route via;
  via.destination = must(ip_prefix::parse("0.0.0.0/0"));
  via.gateway = ip("10.1.2.1");
  via.index = bridge;
  auto via6 = via;
  via6.destination = must(ip_prefix::parse("::/0"));
  via6.gateway = ip("fd01::1");
  via6.metric = 1024;
  auto on_link = via;
  on_link.destination = must(ip_prefix::parse("10.9.0.0/16"));
  on_link.gateway = ip("10.77.0.1");
  on_link.on_link = true;
  route ours;
  ours.destination = must(ip_prefix::parse("10.6.0.0/16"));
  ours.index = bridge;
  ours.source = ip("10.1.2.3");
  ours.owner = 84;
  auto hole = unreachable("10.5.0.0/16", 0);
  hole.kind = route_kind::blackhole;
  for (const auto& route :
       {via, via6, on_link, ours, hole, unreachable("10.244.0.0/16", 1U << 31),
        unreachable("fd00::/16", 1U << 31)}) {
    INFO(route.destination.to_string());
    const auto has = [&] {
      const auto all = must(net.routes(route.destination.family()));
      return std::count(all.begin(), all.end(), route);
    };
    must(net.set_route(route));
    must(net.set_route(route));
    CHECK(has() == 1);
    must(net.delete_route(route));
    must(net.delete_route(route));
    CHECK(has() == 0);
  }
  via.gateway = ip("10.200.0.1");
  const auto wrong = net.set_route(via);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message.find("set route 0.0.0.0/0 via 10.200.0.1 on "
                                   "link ")
        == 0);
}

TEST_CASE("neighbours are set twice and deleted twice") {
  pin_directory pins;
  auto net = must(must(netns::open_or_create(pins / "one")).open_netlink());
  must(net.add_bridge("br0"));
  const auto bridge = must(net.find_link("br0")).index;
  must(net.change_link(bridge, {.up = true}));
  const neighbour wanted{bridge, ip("10.1.2.9"),
                         mac_address{{2, 0, 0, 0, 0, 9}}};
  must(net.set_neighbour(wanted));
  must(net.set_neighbour(wanted));
  CHECK(must(net.neighbours()) == std::vector{wanted});
  must(net.delete_neighbour(wanted));
  must(net.delete_neighbour(wanted));
  CHECK(must(net.neighbours()).empty());
}
