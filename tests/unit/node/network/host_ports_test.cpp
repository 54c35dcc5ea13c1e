#include "node/network/host_ports.hpp"
#include "node/network/pod_network.hpp"
#include "node/sys/nftables.hpp"
#include "tests/support/net_world.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstring>
#include <fstream>
#include <optional>

using namespace troupe;
using namespace troupe::network;
using support::net_world;
using sys::netlink;
using sys::netns;

namespace {

constexpr int patience_ms = 20'000;
/// A datagram is sent again after so long.
constexpr int again_ms = 500;
/// For what must not arrive, after something sent later has.
constexpr int at_once = 0;
/// Whom a server hears that is not reached.
constexpr auto nobody = "";

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

struct endpoint {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;

  endpoint() = default;

  endpoint(const ip_address& address, std::uint16_t port) {
    const auto octets = address.octets();
    if (address.family() == ip_family::v4) {
      auto& in = reinterpret_cast<sockaddr_in&>(storage);
      in.sin_family = AF_INET;
      in.sin_port = htons(port);
      std::memcpy(&in.sin_addr, octets.data(), octets.size());
      length = sizeof in;
    } else {
      auto& in = reinterpret_cast<sockaddr_in6&>(storage);
      in.sin6_family = AF_INET6;
      in.sin6_port = htons(port);
      std::memcpy(&in.sin6_addr, octets.data(), octets.size());
      length = sizeof in;
    }
  }

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }

  std::string text() const {
    const bool v4 = storage.ss_family == AF_INET;
    const auto* octets =
        v4 ? static_cast<const void*>(
            &reinterpret_cast<const sockaddr_in&>(storage).sin_addr)
           : &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr;
    char text[64];
    inet_ntop(storage.ss_family, octets, text, sizeof text);
    return text;
  }
};

/// A datagram or stream socket made inside a namespace.
unique_fd socket_in(const netns& where, const ip_address& for_, int type) {
  unique_fd out;
  must(where.run([&]() -> status_result {
    out.reset(socket(for_.family() == ip_family::v4 ? AF_INET : AF_INET6,
                     type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    return unit{};
  }));
  REQUIRE(out);
  return out;
}

bool is_ready(const unique_fd& fd, short events, int wait_ms) {
  pollfd one{fd.get(), events, 0};
  return poll(&one, 1, wait_ms) == 1;
}

/// A server inside a pod. One word to it tells who sent it.
class server {
public:
  server(const netns& where, const ip_address& at, std::uint16_t port, int type)
      : type_(type), fd_(socket_in(where, at, type)) {
    endpoint here{at, port};
    REQUIRE(bind(fd_.get(), here.get(), here.length) == 0);
    if (type == SOCK_STREAM)
      REQUIRE(listen(fd_.get(), 8) == 0);
  }

  /// The address at the other end, when somebody from `from` speaks to this
  /// one, or `nobody`. The answer must come back, too.
  std::string hears(const netns& from, const ip_address& to,
                    std::uint16_t port) const {
    const auto client = socket_in(from, to, type_);
    endpoint there{to, port};
    if (connect(client.get(), there.get(), there.length) != 0
        && errno != EINPROGRESS)
      return nobody;
    int failure = 0;
    socklen_t length = sizeof failure;
    if (!is_ready(client, POLLOUT, patience_ms)
        || getsockopt(client.get(), SOL_SOCKET, SO_ERROR, &failure, &length)
               != 0
        || failure != 0)
      return nobody;
    return type_ == SOCK_STREAM ? accept_from(client) : receive_from(client);
  }

private:
  std::string accept_from(const unique_fd& client) const {
    endpoint who;
    if (send(client.get(), "x", 1, MSG_NOSIGNAL) != 1
        || !is_ready(fd_, POLLIN, patience_ms))
      return nobody;
    const unique_fd one{
        accept4(fd_.get(), who.get(), &who.length, SOCK_CLOEXEC)};
    char octet = 0;
    REQUIRE(recv(one.get(), &octet, 1, 0) == 1);
    REQUIRE(send(one.get(), "y", 1, MSG_NOSIGNAL) == 1);
    REQUIRE(is_ready(client, POLLIN, patience_ms));
    return who.text();
  }

  /// Datagrams may be lost, so it says its word until it is heard.
  std::string receive_from(const unique_fd& client) const {
    static int words = 0;
    const int word = ++words;
    for (int waited_ms = 0; waited_ms < patience_ms; waited_ms += again_ms) {
      if (send(client.get(), &word, sizeof word, MSG_NOSIGNAL) < 0)
        return nobody;
      // What is refused is told by an ICMP message, at the client.
      pollfd both[] = {{fd_.get(), POLLIN, 0}, {client.get(), POLLIN, 0}};
      poll(both, 2, again_ms);
      endpoint who;
      int heard = 0;
      while (
          recvfrom(fd_.get(), &heard, sizeof heard, 0, who.get(), &who.length)
          > 0) {
        // Others' words may have been late.
        if (heard != word)
          continue;
        REQUIRE(sendto(fd_.get(), "y", 1, 0, who.get(), who.length) == 1);
        char octet = 0;
        REQUIRE(is_ready(client, POLLIN, patience_ms));
        REQUIRE(recv(client.get(), &octet, 1, 0) == 1);
        return who.text();
      }
      if (both[1].revents != 0)
        return nobody;
    }
    FAIL("neither heard nor refused");
    return nobody;
  }

  int type_;
  unique_fd fd_;
};

/// A node with a neighbour on its LAN.
class node_and_neighbour {
public:
  node_and_neighbour()
      : node(must(netns::current())),
        neighbour(must(netns::open_or_create(world_ / "neighbour"))) {
    auto here = must(netlink::open());
    auto there = must(neighbour.open_netlink());
    must(here.add_veth(
        {.name = "eth0", .peer_name = "eth0", .peer_netns = neighbour.fd()}));
    set_up(here, {"192.0.2.1", "2001:db8::1"});
    set_up(there, {"192.0.2.2", "2001:db8::2"});
    pods = open();
  }

  std::unique_ptr<pod_network> open() const {
    pod_network_config config;
    config.directory = world_ / "";
    config.pod_cidrs = {net("10.244.3.0/24"), net("fd00:244:3::/64")};
    config.private_ranges = {net("10.244.0.0/16")};
    return must(pod_network::open(std::move(config)));
  }

  netns attach(const std::string& uid) const {
    return must(netns::open(must(pods->attach(uid, path(uid))).netns_path));
  }

  std::string path(const std::string& uid) const { return world_ / uid; }

private:
  static void set_up(netlink& in, const std::vector<std::string>& addresses);

  net_world world_;

public:
  const netns node;
  const netns neighbour;
  std::unique_ptr<pod_network> pods;
};

} // namespace

void node_and_neighbour::set_up(netlink& in,
                                const std::vector<std::string>& addresses) {
  const auto eth0 = must(in.find_link("eth0"));
  must(in.change_link(eth0.index, {.up = true}));
  for (const auto& each : addresses) {
    const auto address = ip(each);
    must(in.set_address(
        {eth0.index, address, address.family() == ip_family::v4 ? 24U : 64U}));
  }
}

namespace {

std::string table_of(const netns& where) {
  const auto printed = sys::run_nftables(where, "list ruleset\n");
  return must(printed);
}

bool has_table(const netns& where) {
  return table_of(where).find("troupe_host_ports") != std::string::npos;
}

host_port tcp(std::uint16_t port, std::uint16_t pod_port) {
  return {port_protocol::tcp, std::nullopt, port, pod_port};
}

} // namespace

TEST_CASE("a pod's port is reached through its node") {
  const node_and_neighbour world;
  const auto pod = world.attach("uid-a");
  const auto other = world.attach("uid-b");
  const auto type = GENERATE(SOCK_STREAM, SOCK_DGRAM);
  const auto protocol =
      type == SOCK_STREAM ? port_protocol::tcp : port_protocol::udp;
  INFO((type == SOCK_STREAM ? "TCP" : "UDP"));
  must(world.pods->open_host_ports("uid-a",
                                   {{protocol, std::nullopt, 8080, 80}}));
  const auto v4 = ip("10.244.3.2");
  const auto v6 = ip("fd00:244:3::2");
  const server four{pod, v4, 80, type};
  const server six{pod, v6, 80, type};
  // From outside: as who they are.
  CHECK(four.hears(world.neighbour, ip("192.0.2.1"), 8080) == "192.0.2.2");
  CHECK(six.hears(world.neighbour, ip("2001:db8::1"), 8080) == "2001:db8::2");
  // From the node, by any address it has.
  CHECK(four.hears(world.node, ip("192.0.2.1"), 8080) == "192.0.2.1");
  CHECK(four.hears(world.node, ip("10.244.3.1"), 8080) == "10.244.3.1");
  CHECK(four.hears(world.node, ip("127.0.0.1"), 8080) == "10.244.3.1");
  CHECK(six.hears(world.node, ip("2001:db8::1"), 8080) == "2001:db8::1");
  // From pods, itself too: answers come back the way they went.
  for (const auto* from : {&other, &pod}) {
    INFO((from == &pod ? "itself" : "another"));
    CHECK(four.hears(*from, ip("192.0.2.1"), 8080) == "10.244.3.1");
    CHECK(six.hears(*from, ip("2001:db8::1"), 8080) == "fd00:244:3::1");
  }
  // No other port, and nobody else's address.
  CHECK(four.hears(world.neighbour, ip("192.0.2.1"), 80) == nobody);
  CHECK(four.hears(world.node, v4, 80) == "10.244.3.1");
}

TEST_CASE("a port may belong to one address of the node") {
  const node_and_neighbour world;
  const auto pod = world.attach("uid-a");
  const auto other = world.attach("uid-b");
  must(world.pods->open_host_ports(
      "uid-a", {{port_protocol::tcp, ip("127.0.0.1"), 8080, 80}}));
  must(world.pods->open_host_ports(
      "uid-b", {{port_protocol::tcp, ip("192.0.2.1"), 8080, 80},
                {port_protocol::tcp, ip("::"), 8081, 80}}));
  const server a{pod, ip("10.244.3.2"), 80, SOCK_STREAM};
  const server b{other, ip("10.244.3.3"), 80, SOCK_STREAM};
  const server b6{other, ip("fd00:244:3::3"), 80, SOCK_STREAM};
  CHECK(a.hears(world.node, ip("127.0.0.1"), 8080) != nobody);
  CHECK(b.hears(world.node, ip("192.0.2.1"), 8080) != nobody);
  CHECK(b.hears(world.neighbour, ip("192.0.2.1"), 8080) != nobody);
  CHECK(b.hears(world.node, ip("10.244.3.1"), 8080) == nobody);
  CHECK(b6.hears(world.neighbour, ip("2001:db8::1"), 8081) != nobody);
  CHECK(b.hears(world.neighbour, ip("192.0.2.1"), 8081) == nobody);
}

TEST_CASE("the node's localhost is closed to pods all the same") {
  const node_and_neighbour world;
  const auto pod = world.attach("uid-a");
  must(world.pods->open_host_ports("uid-a", {tcp(8080, 80)}));
  // A pod that sends what is for 127.0.0.1 to its gateway.
  auto inside = must(pod.open_netlink());
  const auto lo = must(inside.find_link("lo"));
  const auto eth0 = must(inside.find_link("eth0"));
  must(inside.delete_address({lo.index, ip("127.0.0.1"), 8}));
  must(pod.set_sysctl("net/ipv4/conf/eth0/route_localnet", "1"));
  sys::route out;
  out.destination = net("127.0.0.0/8");
  out.gateway = ip("10.244.3.1");
  out.index = eth0.index;
  must(inside.set_route(out));
  const auto client = socket_in(pod, ip("127.0.0.1"), SOCK_DGRAM);
  const auto secret = socket_in(world.node, ip("127.0.0.1"), SOCK_DGRAM);
  endpoint here{ip("127.0.0.1"), 9090};
  REQUIRE(bind(secret.get(), here.get(), here.length) == 0);
  sendto(client.get(), "x", 1, 0, here.get(), here.length);
  // What goes the same way later has arrived.
  const auto known = socket_in(world.node, ip("10.244.3.1"), SOCK_DGRAM);
  endpoint gateway{ip("10.244.3.1"), 9091};
  REQUIRE(bind(known.get(), gateway.get(), gateway.length) == 0);
  REQUIRE(sendto(client.get(), "y", 1, 0, gateway.get(), gateway.length) == 1);
  REQUIRE(is_ready(known, POLLIN, patience_ms));
  CHECK_FALSE(is_ready(secret, POLLIN, at_once));
}

TEST_CASE("ports go with their pod, whichever agent is there") {
  node_and_neighbour world;
  CHECK_FALSE(has_table(world.node));
  const auto a = world.attach("uid-a");
  const auto b = world.attach("uid-b");
  must(world.pods->open_host_ports("uid-a", {tcp(8080, 80), tcp(8081, 81)}));
  must(world.pods->open_host_ports("uid-b", {tcp(9090, 80)}));
  // Again, as after a crash in the middle, and with other ports.
  must(world.pods->open_host_ports("uid-a", {tcp(8080, 80), tcp(8081, 81)}));
  must(world.pods->open_host_ports("uid-a", {tcp(8082, 80)}));
  {
    const server one{a, ip("10.244.3.2"), 80, SOCK_STREAM};
    CHECK(one.hears(world.neighbour, ip("192.0.2.1"), 8082) != nobody);
    CHECK(one.hears(world.neighbour, ip("192.0.2.1"), 8080) == nobody);
  }
  world.pods = world.open();
  const server other{b, ip("10.244.3.3"), 80, SOCK_STREAM};
  CHECK(other.hears(world.neighbour, ip("192.0.2.1"), 9090) != nobody);
  must(world.pods->detach("uid-a", world.path("uid-a")));
  CHECK(table_of(world.node).find("uid-a") == std::string::npos);
  CHECK(other.hears(world.neighbour, ip("192.0.2.1"), 9090) != nobody);
  must(world.pods->detach("uid-b", world.path("uid-b")));
  CHECK_FALSE(has_table(world.node));
  must(world.pods->detach("uid-b", world.path("uid-b")));
  CHECK(world.pods->open_host_ports("uid-b", {tcp(9090, 80)}).error().code
        == errc::not_found);
}

TEST_CASE("what the filter prints is read with care") {
  CHECK(must(read_port_rules(R"({"nftables":[{"metainfo":{}},
      {"chain":{"name":"ports","handle":1}},
      {"rule":{"handle":4,"comment":"u1"}},{"rule":{"handle":5,"comment":"u2"}},
      {"rule":{"handle":6,"comment":"u1"}}]})"))
        == port_rules{{"u1", {4, 6}}, {"u2", {5}}});
  for (const auto* text :
       {"", "{}", "[]", R"({"nftables":{}})", R"({"nftables":[{"rule":{}}]})"})
    CHECK(read_port_rules(text).error().code == errc::corrupt);
}
