#include "node/lab/lab.hpp"
#include "node/network/node_routes.hpp"
#include "node/network/pod_network.hpp"
#include "node/network/service_table.hpp"
#include "node/sys/nftables.hpp"
#include "tests/support/net_talk.hpp"
#include "tests/support/net_world.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <filesystem>
#include <future>
#include <optional>
#include <set>

using namespace troupe;
using namespace troupe::network;
using support::ask;
using support::net_answer;
using support::net_client;
using support::net_server;
using support::net_world;
using support::ping;
using support::reach;
using support::transport;
using sys::netns;

namespace {

constexpr std::size_t nodes = 3;
const net_answer refused{"refused", {}};
const net_answer unreachable{"unreachable", {}};

template <class T>
T must(result<T> outcome) {
  INFO((outcome ? "" : outcome.error().message));
  REQUIRE(outcome);
  return std::move(*outcome);
}

ip_address ip(std::string_view text) {
  return ip_address::parse(text).value();
}

ip_prefix net(std::string_view text) {
  return ip_prefix::parse(text).value();
}

/// The ranges of a node's pods, and its addresses.
std::vector<ip_prefix> ranges_of(std::size_t number) {
  const auto n = std::to_string(number);
  return {net("10.244." + n + ".0/24"), net("fd00:244:" + n + "::/64")};
}

std::vector<ip_address> addresses_of(std::size_t number) {
  const auto n = std::to_string(number);
  return {ip("10.89.1." + n), ip("fd00:89::" + n)};
}

/// Nodes n1… with pods, on the LAN of a lab with a server that is no node.
class cluster {
public:
  struct node {
    netns space;
    std::unique_ptr<pod_network> pods;
    std::optional<service_table> services;
  };

  cluster();
  ~cluster() { must(lab::destroy_lab(world_ / "lab")); }

  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  /// A pod of node number `at`, from 1.
  netns pod(std::size_t at, const std::string& uid) {
    const auto path = world_ / uid;
    must(nodes_[at - 1].pods->attach(uid, path));
    return must(netns::open(path));
  }

  node& at(std::size_t number) { return nodes_[number - 1]; }

  void set(const std::vector<service_port>& services) {
    for (std::size_t i = 0; i < nodes; ++i)
      must(nodes_[i].services->set(seen_from(i + 1, services)));
  }

  /// The routes to the other nodes.
  void keep_routes(std::size_t number);

  void give_address(const std::string& member, const ip_address& own);

  /// Another agent on the node.
  void reopen(std::size_t number) { must(try_open_services(number)); }

  status_result try_open_services(std::size_t number);

  netns server() const {
    return must(netns::open(plan_.find("s1")->netns_path));
  }

  /// Which endpoints are on the node.
  static std::vector<service_port>
  seen_from(std::size_t number, std::vector<service_port> services) {
    for (auto& port : services)
      for (auto& each : port.endpoints)
        for (const auto& own : ranges_of(number))
          each.local = each.local || own.contains(each.address);
    return services;
  }

private:
  void open(std::size_t number);

  net_world world_;
  lab::lab_plan plan_;
  std::vector<node> nodes_;
};

cluster::cluster() {
  lab::lab_config config;
  config.directory = world_ / "lab";
  config.nodes = nodes;
  config.private_ranges = {net("10.244.0.0/16"), net("10.96.0.0/12")};
  std::filesystem::create_directory(config.directory);
  plan_ = must(lab::make_lab_plan(config));
  must(lab::build_lab(plan_));
  give_address("s1", ip("fd00:89::11"));
  for (std::size_t i = 1; i <= nodes; ++i)
    give_address("n" + std::to_string(i), addresses_of(i)[1]);
  for (std::size_t i = 1; i <= nodes; ++i)
    open(i);
  for (std::size_t i = 1; i <= nodes; ++i)
    keep_routes(i);
}

void cluster::keep_routes(std::size_t number) {
  std::vector<node_place> places;
  for (std::size_t i = 1; i <= nodes; ++i)
    places.push_back({"n" + std::to_string(i), addresses_of(i), ranges_of(i)});
  auto inside = must(at(number).space.open_netlink());
  must(keep_node_routes(inside,
                        find_ways("n" + std::to_string(number), places)));
}

/// The lab's LAN has one family; here it has both.
void cluster::give_address(const std::string& member, const ip_address& own) {
  const auto space = must(netns::open(plan_.find(member)->netns_path));
  auto inside = must(space.open_netlink());
  must(inside.set_address({must(inside.find_link("eth0")).index, own, 64}));
}

void cluster::open(std::size_t number) {
  const auto name = "n" + std::to_string(number);
  nodes_.push_back({must(netns::open(plan_.find(name)->netns_path)), {}, {}});
  must(nodes_.back().space.run([&]() -> status_result {
    pod_network_config config;
    config.directory = world_ / name;
    config.pod_cidrs = ranges_of(number);
    config.private_ranges = plan_.private_ranges;
    std::filesystem::create_directory(config.directory);
    auto opened = pod_network::open(std::move(config));
    if (!opened)
      return opened.error();
    nodes_.back().pods = std::move(*opened);
    return unit{};
  }));
  must(try_open_services(number));
}

status_result cluster::try_open_services(std::size_t number) {
  auto& node = nodes_[number - 1];
  return node.space.run([&]() -> status_result {
    service_table_config config;
    config.rules.bridge = bridge_name;
    config.rules.pod_cidrs = ranges_of(number);
    config.rules.pod_ranges = {net("10.244.0.0/16"), net("fd00:244::/32")};
    config.rules.service_ranges = {net("10.96.0.0/12"), net("fd00:96::/108")};
    config.node_addresses = addresses_of(number);
    auto opened = service_table::open(std::move(config));
    if (!opened)
      return opened.error();
    node.services = std::move(*opened);
    return unit{};
  });
}

service_port web(std::vector<std::string> endpoints) {
  service_port out;
  out.service = "default/web";
  out.port = 80;
  out.cluster_addresses = {ip("10.96.0.10")};
  out.node_port = 30080;
  for (const auto& each : endpoints) {
    service_endpoint one;
    one.address = ip(each);
    one.port = 8080;
    out.endpoints.push_back(one);
  }
  return out;
}

/// Everybody who answers within some tries.
std::set<std::string> all_of(const netns& from, const ip_address& to,
                             std::uint16_t port,
                             const std::vector<const net_server*>& servers) {
  std::set<std::string> out;
  for (int i = 0; i < 200 && out.size() < servers.size(); ++i)
    out.insert(ask(from, to, port, servers).server);
  return out;
}

} // namespace

TEST_CASE("pods of different nodes reach each other as who they are") {
  cluster world;
  const auto a = world.pod(1, "a");
  const auto b = world.pod(2, "b");
  const net_server in_b{"b", b, ip("10.244.2.2"), 8080};
  CHECK(ask(a, ip("10.244.2.2"), 8080, {&in_b})
        == net_answer{"b", "10.244.1.2"});
  CHECK(ask(world.at(1).space, ip("10.244.2.2"), 8080, {&in_b})
        == net_answer{"b", "10.89.1.1"});
  CHECK(ask(world.at(2).space, ip("10.244.2.2"), 8080, {&in_b}).server == "b");
  // Who is no node does not know pods: they come as their node.
  const net_server outside{"s1", world.server(), ip("10.89.0.11"), 6443};
  CHECK(ask(a, ip("10.89.0.11"), 6443, {&outside})
        == net_answer{"s1", "10.89.1.1"});
  CHECK(ping(a, ip("10.244.9.9")) == reach::unreachable);
  // A node that goes takes its route with it; others' routes stay.
  auto inside = must(world.at(1).space.open_netlink());
  must(keep_node_routes(inside, {{net("10.244.3.0/24"), ip("10.89.1.3")}}));
  CHECK(ping(a, ip("10.244.2.2")) == reach::unreachable);
  CHECK(ping(a, ip("10.244.3.1")) == reach::reached);
  CHECK(ping(a, ip("10.89.1.3")) == reach::reached);
}

TEST_CASE("a route that leads nowhere keeps no other back") {
  cluster world;
  auto inside = must(world.at(1).space.open_netlink());
  const auto done =
      keep_node_routes(inside, {{net("10.244.2.0/24"), ip("192.0.2.1")},
                                {net("10.244.3.0/24"), ip("10.89.1.3")}});
  REQUIRE_FALSE(done);
  CHECK(done.error().message.find("10.244.2.0/24") != std::string::npos);
  CHECK(ping(world.at(1).space, ip("10.244.3.1")) == reach::reached);
}

TEST_CASE("a service answers from pods and nodes, on every node") {
  cluster world;
  const auto a = world.pod(1, "a");
  const auto b = world.pod(2, "b");
  const auto client = world.pod(3, "c");
  const auto neighbour = world.pod(1, "d");
  const net_server in_a{"a", a, ip("10.244.1.2"), 8080};
  const net_server in_b{"b", b, ip("10.244.2.2"), 8080};
  const std::vector<const net_server*> both{&in_a, &in_b};
  const std::set<std::string> everybody{"a", "b"};
  world.set({web({"10.244.1.2", "10.244.2.2"})});
  const auto cluster_ip = ip("10.96.0.10");
  CHECK(all_of(client, cluster_ip, 80, both) == everybody);
  CHECK(all_of(neighbour, cluster_ip, 80, both) == everybody);
  CHECK(all_of(a, cluster_ip, 80, both) == everybody);
  CHECK(all_of(world.at(1).space, cluster_ip, 80, both) == everybody);
  CHECK(all_of(world.at(3).space, cluster_ip, 80, both) == everybody);
  // Node ports, on any node's address.
  CHECK(all_of(world.server(), ip("10.89.1.3"), 30080, both) == everybody);
  CHECK(all_of(world.at(3).space, ip("10.89.1.3"), 30080, both) == everybody);
  CHECK(all_of(world.at(3).space, ip("10.89.1.1"), 30080, both) == everybody);
  CHECK(all_of(client, ip("10.89.1.3"), 30080, both) == everybody);
  CHECK(all_of(client, ip("10.89.1.1"), 30080, both) == everybody);
  CHECK(all_of(a, ip("10.89.1.1"), 30080, both) == everybody);
}

TEST_CASE("pods are seen as who they are behind a service") {
  cluster world;
  const auto a = world.pod(1, "a");
  const auto neighbour = world.pod(1, "b");
  const auto far = world.pod(2, "c");
  const net_server in_a{"a", a, ip("10.244.1.2"), 8080};
  world.set({web({"10.244.1.2"})});
  SECTION("on a node where ports lead to pods, too") {
    must(world.at(1).pods->open_host_ports(
        "a", {{port_protocol::tcp, std::nullopt, 8081, 8080}}));
  }
  SECTION("on one where none does") {}
  const auto asker = [&](const netns& from, const char* to,
                         std::uint16_t port) {
    const auto answer = ask(from, ip(to), port, {&in_a});
    CHECK(answer.server == "a");
    return answer.asker;
  };
  CHECK(asker(neighbour, "10.96.0.10", 80) == "10.244.1.3");
  CHECK(asker(far, "10.96.0.10", 80) == "10.244.2.2");
  // Led to itself it must see somebody else.
  CHECK(asker(a, "10.96.0.10", 80) == "10.244.1.1");
  // From outside with the node's address, so that answers come back there.
  CHECK(asker(world.server(), "10.89.1.2", 30080) == "10.89.1.2");
  {
    INFO("policy Local keeps it");
    auto local = web({"10.244.1.2"});
    local.external_policy = traffic_policy::local;
    world.set({local});
    CHECK(asker(world.server(), "10.89.1.1", 30080) == "10.89.0.11");
    // Pods and the node itself reach it by any node.
    CHECK(asker(far, "10.89.1.2", 30080) == "10.244.2.2");
    CHECK(asker(world.at(2).space, "10.89.1.2", 30080) == "10.89.1.2");
  }
}

TEST_CASE("all of it over IPv6") {
  cluster world;
  const auto a = world.pod(1, "a");
  const auto neighbour = world.pod(1, "b");
  const auto far = world.pod(2, "c");
  const net_server in_a{"a", a, ip("fd00:244:1::2"), 8080};
  const auto asker = [&](const netns& from, const char* to,
                         std::uint16_t port) {
    const auto answer = ask(from, ip(to), port, {&in_a});
    CHECK(answer.server == "a");
    return answer.asker;
  };
  CHECK(asker(far, "fd00:244:1::2", 8080) == "fd00:244:2::2");
  auto service = web({"fd00:244:1::2"});
  service.cluster_addresses = {ip("fd00:96::a")};
  world.set({service});
  CHECK(asker(neighbour, "fd00:96::a", 80) == "fd00:244:1::3");
  CHECK(asker(far, "fd00:96::a", 80) == "fd00:244:2::2");
  CHECK(asker(a, "fd00:96::a", 80) == "fd00:244:1::1");
  CHECK(asker(world.at(2).space, "fd00:96::a", 80) == "fd00:89::2");
  CHECK(asker(world.server(), "fd00:89::2", 30080) == "fd00:89::2");
  service.affinity_seconds = 60;
  world.set({service});
  CHECK(asker(far, "fd00:96::a", 80) == "fd00:244:2::2");
  service.endpoints.clear();
  world.set({service});
  const netns* const askers[] = {&far, &world.at(2).space};
  for (const auto* from : askers) {
    CHECK(ask(*from, ip("fd00:96::a"), 80, {}) == refused);
    CHECK(ask(*from, ip("fd00:89::2"), 30080, {}) == refused);
    CHECK(ask(*from, ip("fd00:96::b"), 80, {}) == unreachable);
  }
}

TEST_CASE("what nobody serves is refused at once") {
  cluster world;
  const auto a = world.pod(1, "a");
  world.set({web({})});
  const netns* const askers[] = {&a, &world.at(1).space};
  for (const auto* from : askers) {
    INFO((from == &a ? "from a pod" : "from the node"));
    CHECK(ask(*from, ip("10.96.0.10"), 80, {}) == refused);
    CHECK(ask(*from, ip("10.96.0.10"), 81, {}) == refused);
    CHECK(ask(*from, ip("10.89.1.1"), 30080, {}) == refused);
    CHECK(ask(*from, ip("10.89.1.2"), 30080, {}) == refused);
    // No service has this one.
    CHECK(ask(*from, ip("10.96.0.11"), 80, {}) == unreachable);
    net_client datagram{*from, ip_family::v4, transport::udp};
    CHECK(datagram.ask(ip("10.96.0.10"), 53, {}) == refused);
  }
  CHECK(ask(world.server(), ip("10.89.1.1"), 30080, {}) == refused);
}

TEST_CASE("a client stays with its endpoint") {
  cluster world;
  const auto a = world.pod(1, "a");
  const auto b = world.pod(2, "b");
  const auto client = world.pod(3, "c");
  const net_server in_a{"a", a, ip("10.244.1.2"), 8080};
  const net_server in_b{"b", b, ip("10.244.2.2"), 8080};
  const std::vector<const net_server*> both{&in_a, &in_b};
  auto service = web({"10.244.1.2", "10.244.2.2"});
  service.affinity_seconds = 10800;
  world.set({service});
  const auto cluster_ip = ip("10.96.0.10");
  const auto first = ask(client, cluster_ip, 80, both).server;
  const auto always = [&](const std::string& who) {
    for (int i = 0; i < 20; ++i)
      if (ask(client, cluster_ip, 80, both).server != who)
        return false;
    return true;
  };
  CHECK(always(first));
  // Whatever else changes, and whichever agent is there.
  auto other = web({"10.244.1.2"});
  other.service = "default/other";
  other.cluster_addresses = {ip("10.96.0.99")};
  other.node_port = 0;
  world.set({service, other});
  CHECK(always(first));
  world.reopen(3);
  CHECK(always(first));
  world.set({service});
  CHECK(always(first));
  // When it goes, the other takes over.
  std::erase_if(service.endpoints, [&](const auto& it) {
    return it.address == ip(first == "a" ? "10.244.1.2" : "10.244.2.2");
  });
  world.set({service});
  CHECK(always(first == "a" ? "b" : "a"));
}

TEST_CASE("an endpoint that goes is asked no more") {
  cluster world;
  const auto a = world.pod(1, "a");
  const auto b = world.pod(2, "b");
  const auto client = world.pod(3, "c");
  const auto over = GENERATE(transport::tcp, transport::udp);
  INFO((over == transport::tcp ? "TCP" : "UDP"));
  const net_server in_a{"a", a, ip("10.244.1.2"), 8080, over};
  const net_server in_b{"b", b, ip("10.244.2.2"), 8080, over};
  const std::vector<const net_server*> both{&in_a, &in_b};
  auto only_a = web({"10.244.1.2"});
  auto only_b = web({"10.244.2.2"});
  for (auto* each : {&only_a, &only_b})
    each->protocol =
        over == transport::tcp ? port_protocol::tcp : port_protocol::udp;
  const auto cluster_ip = ip("10.96.0.10");
  world.set({only_a});
  if (over == transport::udp) {
    // The same conversation, which the kernel remembers.
    net_client talker{client, ip_family::v4, over};
    net_client outside{world.server(), ip_family::v4, over};
    CHECK(talker.ask(cluster_ip, 80, both).server == "a");
    CHECK(outside.ask(ip("10.89.1.3"), 30080, both).server == "a");
    world.set({only_b});
    CHECK(talker.ask(cluster_ip, 80, both).server == "b");
    CHECK(outside.ask(ip("10.89.1.3"), 30080, both).server == "b");
  }
  world.set({only_b});
  for (int i = 0; i < 20; ++i)
    CHECK(
        net_client{client, ip_family::v4, over}.ask(cluster_ip, 80, both).server
        == "b");
}

TEST_CASE("the next agent takes the rules over") {
  cluster world;
  const auto a = world.pod(1, "a");
  const net_server in_a{"a", a, ip("10.244.1.2"), 8080};
  const auto cluster_ip = ip("10.96.0.10");
  world.set({web({"10.244.1.2"})});
  const auto& n2 = world.at(2).space;
  CHECK(ask(n2, cluster_ip, 80, {&in_a}).server == "a");
  SECTION("as they were left") {}
  SECTION("with what is no service any more") {
    must(sys::run_nftables(
        n2, "add chain inet troupe_services cluster/gone/x/tcp/1/v4\n"
            "add element inet troupe_services services4 { 10.96.0.77 . tcp . "
            "1 : goto cluster/gone/x/tcp/1/v4 }\n"));
  }
  SECTION("declared in another way") {
    must(sys::run_nftables(n2, "delete table inet troupe_services\n"
                               "add table inet troupe_services\n"
                               "add set inet troupe_services services4 { type "
                               "ipv4_addr; }\n"));
  }
  SECTION("which are gone") {
    must(sys::run_nftables(n2, "delete table inet troupe_services\n"));
  }
  world.reopen(2);
  must(world.at(2).services->set(cluster::seen_from(2, {web({"10.244.1.2"})})));
  CHECK(ask(n2, cluster_ip, 80, {&in_a}).server == "a");
  const auto table =
      must(sys::run_nftables(n2, "list table inet troupe_services\n"));
  CHECK(table.find("gone") == std::string::npos);
}

TEST_CASE("what somebody took away comes back") {
  cluster world;
  const auto a = world.pod(1, "a");
  const net_server in_a{"a", a, ip("10.244.1.2"), 8080};
  auto services = cluster::seen_from(2, {web({"10.244.1.2"})});
  auto& n2 = world.at(2);
  must(n2.services->set(services));
  SECTION("the table") {
    must(sys::run_nftables(n2.space, "delete table inet troupe_services\n"));
  }
  SECTION("the table, and the services change") {
    must(sys::run_nftables(n2.space, "delete table inet troupe_services\n"));
    services[0].node_port = 0;
  }
  SECTION("routes, which go with their link") {
    auto inside = must(n2.space.open_netlink());
    const auto eth0 = must(inside.find_link("eth0")).index;
    must(inside.change_link(eth0, {.up = false}));
    must(inside.change_link(eth0, {.up = true}));
    must(inside.wait_for_carrier("eth0"));
    CHECK(ask(n2.space, ip("10.96.0.10"), 80, {}) == unreachable);
    // The kernel keeps addresses of one family alone.
    world.give_address("n2", addresses_of(2)[1]);
    world.keep_routes(2);
  }
  must(n2.services->set(services));
  CHECK(ask(n2.space, ip("10.96.0.10"), 80, {&in_a}).server == "a");
}

TEST_CASE("nobody notices that rules change, or that another agent comes") {
  cluster world;
  const auto a = world.pod(1, "a");
  const auto client = world.pod(3, "c");
  const net_server in_a{"a", a, ip("10.244.1.2"), 8080};
  const auto with_other = [&](int number) {
    auto other = web({"10.244.1.2"});
    other.service = "default/other-" + std::to_string(number);
    other.cluster_addresses = {ip("10.96.0.99")};
    other.node_port = 0;
    return std::vector{web({"10.244.1.2"}), other};
  };
  world.set(with_other(0));
  // In the thread nothing is asserted: Catch is not for several.
  std::atomic<bool> over = false;
  auto changes = std::async(std::launch::async, [&, &n3 = world.at(3)] {
    for (int i = 1; !over; ++i) {
      if (i % 3 == 0 && !world.try_open_services(3))
        return false;
      if (!n3.services->set(with_other(i)))
        return false;
    }
    return true;
  });
  int reached = 0;
  for (int i = 0; i < 300; ++i)
    reached += ask(client, ip("10.96.0.10"), 80, {&in_a}).server == "a" ? 1 : 0;
  over = true;
  CHECK(changes.get());
  CHECK(reached == 300);
}
