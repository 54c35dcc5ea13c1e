#include "node/sys/conntrack.hpp"
#include "node/sys/netlink_message.hpp"
#include "node/sys/netlink_object.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace troupe;
using namespace troupe::sys;

namespace {

/// What stands after the message's header.
bytes payload_of(const netlink_request& request) {
  return request.finish(1).substr(sizeof(nlmsghdr));
}

netlink_message only(const bytes& datagram) {
  const auto all = split_datagram(datagram);
  REQUIRE(all);
  REQUIRE(all->size() == 1);
  return all->front();
}

ip_address ip(std::string_view text) {
  return ip_address::parse(text).value();
}

} // namespace

TEST_CASE("a request is laid out as rtnetlink(7) says") {
  netlink_request request{RTM_NEWLINK, NLM_F_ACK};
  request.header(ifinfomsg{});
  request.text(IFLA_IFNAME, "br0");
  const auto info = request.begin(IFLA_LINKINFO);
  request.text(IFLA_INFO_KIND, "bridge");
  request.number(IFLA_INFO_SLAVE_KIND, std::uint8_t{7});
  request.end(info);
  const auto datagram = request.finish(42);
  CHECK(datagram.size() % 4 == 0);
  const auto message = only(datagram);
  CHECK(message.type == RTM_NEWLINK);
  CHECK(message.flags == (NLM_F_ACK | NLM_F_REQUEST));
  CHECK(message.sequence == 42);
  auto rest = message.payload;
  REQUIRE(take_header<ifinfomsg>(rest));
  const auto attributes = split_attributes(rest);
  REQUIRE(attributes);
  REQUIRE(attributes->size() == 2);
  CHECK(text_of(*find_attribute(*attributes, IFLA_IFNAME)) == "br0");
  const auto inner =
      split_attributes(*find_attribute(*attributes, IFLA_LINKINFO));
  REQUIRE(inner);
  CHECK(text_of(*find_attribute(*inner, IFLA_INFO_KIND)) == "bridge");
  CHECK(
      number_of(*find_attribute(*inner, IFLA_INFO_SLAVE_KIND), std::uint8_t{0})
      == 7);
  CHECK(find_attribute(*attributes, IFLA_MTU) == nullptr);
}

TEST_CASE("lengths that leave the datagram are refused") {
  netlink_request request{RTM_NEWLINK, 0};
  request.header(ifinfomsg{});
  request.text(IFLA_IFNAME, "br0");
  const auto good = request.finish(1);
  for (std::size_t length = sizeof(nlmsghdr); length < good.size(); ++length) {
    INFO(length);
    CHECK_FALSE(split_datagram(bytes_view{good}.substr(0, length)));
  }
  // nlattr's length below its own header, and beyond the end.
  CHECK_FALSE(split_attributes(bytes_view{"\x03\x00\x01\x00", 4}));
  CHECK_FALSE(split_attributes(bytes_view{"\x09\x00\x01\x00 abc", 8}));
  // A tail too short for a header is padding.
  CHECK(split_attributes(bytes_view{"\x04\x00\x01\x00\x00\x00", 6})->size()
        == 1);
  bytes many;
  for (std::size_t i = 0; i <= netlink_attributes_max; ++i)
    many += bytes_view{"\x04\x00\x01\x00", 4};
  CHECK(split_attributes(many).error().code == errc::too_large);
}

TEST_CASE("an acknowledgement gives the kernel's words") {
  netlink_request request{NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS};
  request.header(int{-17});
  request.header(nlmsghdr{});
  request.text(NLMSGERR_ATTR_MSG, "Device already exists");
  const auto datagram = request.finish(1);
  const auto ack = parse_ack(only(datagram));
  REQUIRE(ack);
  CHECK(ack->error_number == 17);
  CHECK(ack->text == "Device already exists");

  netlink_request done{NLMSG_DONE, NLM_F_ACK_TLVS};
  done.header(int{0});
  const auto end = done.finish(1);
  CHECK(parse_ack(only(end))->error_number == 0);

  netlink_request cut{NLMSG_ERROR, NLM_F_ACK_TLVS};
  cut.header(int{-1});
  cut.header(nlmsghdr{.nlmsg_len = 4096,
                      .nlmsg_type = 0,
                      .nlmsg_flags = 0,
                      .nlmsg_seq = 0,
                      .nlmsg_pid = 0});
  const auto short_one = cut.finish(1);
  CHECK(parse_ack(only(short_one)).error().code == errc::corrupt);
}

TEST_CASE("a link is read") {
  netlink_request request{RTM_NEWLINK, 0};
  ifinfomsg head{};
  head.ifi_index = 7;
  head.ifi_flags = IFF_UP;
  request.header(head);
  request.text(IFLA_IFNAME, "pod1");
  request.text(IFLA_IFALIAS, "uid");
  request.number(IFLA_MTU, std::uint32_t{1450});
  request.number(IFLA_MASTER, 3);
  request.number(IFLA_LINK, 2);
  request.number(IFLA_ADDRESS,
                 std::array<std::uint8_t, 6>{0x0a, 0x58, 1, 2, 0xff, 4});
  const auto info = request.begin(IFLA_LINKINFO);
  request.text(IFLA_INFO_KIND, "veth");
  request.end(info);
  const auto link = parse_link(payload_of(request));
  REQUIRE(link);
  REQUIRE(*link);
  CHECK((*link)->index == link_index{7});
  CHECK((*link)->name == "pod1");
  CHECK((*link)->alias == "uid");
  CHECK((*link)->kind == "veth");
  CHECK((*link)->mtu == 1450);
  CHECK((*link)->up);
  CHECK((*link)->master == link_index{3});
  CHECK((*link)->peer == link_index{2});
  CHECK((*link)->mac.to_string() == "0a:58:01:02:ff:04");
  CHECK_FALSE(parse_link("short"));
}

TEST_CASE("a link carries when it is operational and its bridge forwards") {
  struct row {
    bool up;
    int operational;
    int port_state; ///< -1: no bridge's port
    bool want;
  };

  const row rows[] = {
      {true, IF_OPER_UP, -1, true},
      {true, IF_OPER_UNKNOWN, -1, true},
      {true, IF_OPER_DOWN, -1, false},
      {true, IF_OPER_LOWERLAYERDOWN, -1, false},
      {false, IF_OPER_UP, -1, false},
      {true, IF_OPER_UP, BR_STATE_FORWARDING, true},
      {true, IF_OPER_UP, BR_STATE_DISABLED, false},
      {true, IF_OPER_UP, BR_STATE_LEARNING, false},
      {true, IF_OPER_DOWN, BR_STATE_FORWARDING, false},
  };
  for (const auto& r : rows) {
    INFO(r.up << " " << r.operational << " " << r.port_state);
    netlink_request request{RTM_NEWLINK, 0};
    ifinfomsg head{};
    head.ifi_index = 7;
    head.ifi_flags = r.up ? IFF_UP : 0;
    request.header(head);
    if (r.port_state >= 0) {
      const auto info = request.begin(IFLA_LINKINFO);
      request.text(IFLA_INFO_SLAVE_KIND, "bridge");
      const auto data = request.begin(IFLA_INFO_SLAVE_DATA);
      request.number(IFLA_BRPORT_STATE,
                     static_cast<std::uint8_t>(r.port_state));
      request.end(data);
      request.end(info);
    }
    request.number(IFLA_OPERSTATE, static_cast<std::uint8_t>(r.operational));
    CHECK(parse_link(payload_of(request)).value()->carries == r.want);
  }
}

TEST_CASE("an address is its local end") {
  netlink_request request{RTM_NEWADDR, 0};
  ifaddrmsg head{};
  head.ifa_family = AF_INET;
  head.ifa_prefixlen = 24;
  head.ifa_index = 2;
  request.header(head);
  request.attribute(IFA_ADDRESS, ip("10.0.0.1").octets());
  request.attribute(IFA_LOCAL, ip("10.0.0.9").octets());
  CHECK(parse_link_address(payload_of(request)).value()
        == link_address{link_index{2}, ip("10.0.0.9"), 24});

  netlink_request wrong{RTM_NEWADDR, 0};
  wrong.header(head);
  wrong.attribute(IFA_LOCAL, ip("::1").octets());
  CHECK(parse_link_address(payload_of(wrong)).error().code == errc::corrupt);
}

TEST_CASE("routes of the main table are read") {
  rtmsg head{};
  head.rtm_family = AF_INET;
  head.rtm_dst_len = 16;
  head.rtm_table = RT_TABLE_MAIN;
  head.rtm_type = RTN_UNREACHABLE;
  head.rtm_protocol = RTPROT_BOOT;
  netlink_request request{RTM_NEWROUTE, 0};
  request.header(head);
  request.attribute(RTA_DST, ip("10.244.0.0").octets());
  request.number(RTA_PRIORITY, std::uint32_t{9});
  const auto read = parse_route(payload_of(request)).value();
  REQUIRE(read);
  CHECK(read->destination.to_string() == "10.244.0.0/16");
  CHECK(read->kind == route_kind::unreachable);
  CHECK(read->metric == 9);
  CHECK(read->owner == RTPROT_BOOT);
  CHECK_FALSE(read->source);

  request.attribute(RTA_PREFSRC, ip("10.89.1.1").octets());
  CHECK(parse_route(payload_of(request)).value()->source == ip("10.89.1.1"));

  head.rtm_dst_len = 33;
  netlink_request too_long{RTM_NEWROUTE, 0};
  too_long.header(head);
  too_long.attribute(RTA_DST, ip("10.244.0.0").octets());
  CHECK_FALSE(parse_route(payload_of(too_long)));

  head.rtm_table = RT_TABLE_LOCAL;
  netlink_request local{RTM_NEWROUTE, 0};
  local.header(head);
  CHECK(parse_route(payload_of(local)).value() == std::nullopt);
}

TEST_CASE("neighbours that were set are read, learnt ones are not") {
  ndmsg head{};
  head.ndm_family = AF_INET;
  head.ndm_ifindex = 4;
  for (const auto state : {NUD_PERMANENT, NUD_REACHABLE}) {
    head.ndm_state = static_cast<std::uint16_t>(state);
    netlink_request request{RTM_NEWNEIGH, 0};
    request.header(head);
    request.attribute(NDA_DST, ip("10.0.0.3").octets());
    request.number(NDA_LLADDR, std::array<std::uint8_t, 6>{2, 0, 0, 0, 0, 1});
    const auto read = parse_neighbour(payload_of(request)).value();
    CHECK(read.has_value() == (state == NUD_PERMANENT));
  }
}

namespace {

/// A tracked flow as the kernel tells of it, of any protocol.
netlink_request tracked(std::uint8_t protocol) {
  netlink_request out{0, 0};
  out.header(nfgenmsg{AF_INET, NFNETLINK_V0, 0});
  const auto add = [&](std::uint16_t type, const char* from, const char* to,
                       std::uint16_t from_port, std::uint16_t to_port) {
    const auto whole = out.begin(type);
    const auto addresses = out.begin(CTA_TUPLE_IP);
    out.attribute(CTA_IP_V4_SRC, ip(from).octets());
    out.attribute(CTA_IP_V4_DST, ip(to).octets());
    out.end(addresses);
    const auto ports = out.begin(CTA_TUPLE_PROTO);
    out.number(CTA_PROTO_NUM, protocol);
    out.number(CTA_PROTO_SRC_PORT, htons(from_port));
    out.number(CTA_PROTO_DST_PORT, htons(to_port));
    out.end(ports);
    out.end(whole);
  };
  add(CTA_TUPLE_ORIG, "10.244.1.2", "10.96.0.10", 40000, 53);
  add(CTA_TUPLE_REPLY, "10.244.2.2", "10.244.1.2", 5353, 40000);
  out.number(CTA_ZONE, htons(7));
  return out;
}

} // namespace

TEST_CASE("tracked flows over UDP are read, others are not") {
  const auto flow = parse_udp_flow(payload_of(tracked(IPPROTO_UDP))).value();
  REQUIRE(flow);
  CHECK(*flow
        == udp_flow{{ip("10.244.1.2"), 40000},
                    {ip("10.96.0.10"), 53},
                    {ip("10.244.2.2"), 5353},
                    7});
  CHECK(parse_udp_flow(payload_of(tracked(IPPROTO_TCP))).value()
        == std::nullopt);
  netlink_request nothing{0, 0};
  nothing.header(nfgenmsg{});
  CHECK(parse_udp_flow(payload_of(nothing)).value() == std::nullopt);
  CHECK_FALSE(parse_udp_flow("x"));
  netlink_request wrong{0, 0};
  wrong.header(nfgenmsg{});
  for (const auto type : {CTA_TUPLE_ORIG, CTA_TUPLE_REPLY}) {
    const auto whole = wrong.begin(static_cast<std::uint16_t>(type));
    const auto addresses = wrong.begin(CTA_TUPLE_IP);
    wrong.attribute(CTA_IP_V4_SRC, "abc");
    wrong.end(addresses);
    const auto ports = wrong.begin(CTA_TUPLE_PROTO);
    wrong.number(CTA_PROTO_NUM, std::uint8_t{IPPROTO_UDP});
    wrong.number(CTA_PROTO_SRC_PORT, std::uint16_t{1});
    wrong.number(CTA_PROTO_DST_PORT, std::uint16_t{1});
    wrong.end(ports);
    wrong.end(whole);
  }
  CHECK_FALSE(parse_udp_flow(payload_of(wrong)));
}
