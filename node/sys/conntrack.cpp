#include "node/sys/conntrack.hpp"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace troupe::sys {

namespace {

constexpr std::uint16_t message_of(int what) {
  return static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | what);
}

nfgenmsg head_of(ip_family family) {
  nfgenmsg out{};
  out.nfgen_family = family == ip_family::v4 ? AF_INET : AF_INET6;
  out.version = NFNETLINK_V0;
  return out;
}

std::uint16_t port_of(bytes_view payload) {
  return ntohs(number_of(payload, std::uint16_t{0}));
}

/// One direction: from, to. None for another protocol than UDP.
struct tuple {
  flow_end from;
  flow_end to;
};

result<ip_address> address_in(const std::vector<netlink_attribute>& all,
                              std::uint16_t v4, std::uint16_t v6) {
  for (const auto type : {v4, v6})
    if (const auto* octets = find_attribute(all, type))
      return ip_address::from_octets(*octets);
  return error{errc::corrupt, "a flow without an address"};
}

result<std::optional<tuple>> parse_tuple(bytes_view payload) {
  const auto parts = split_attributes(payload);
  if (!parts)
    return parts.error();
  const auto* ip = find_attribute(*parts, CTA_TUPLE_IP);
  const auto* protocol = find_attribute(*parts, CTA_TUPLE_PROTO);
  if (ip == nullptr || protocol == nullptr)
    return std::optional<tuple>{};
  const auto addresses = split_attributes(*ip);
  if (!addresses)
    return addresses.error();
  const auto ports = split_attributes(*protocol);
  if (!ports)
    return ports.error();
  const auto* number = find_attribute(*ports, CTA_PROTO_NUM);
  const auto* from_port = find_attribute(*ports, CTA_PROTO_SRC_PORT);
  const auto* to_port = find_attribute(*ports, CTA_PROTO_DST_PORT);
  if (number == nullptr || from_port == nullptr || to_port == nullptr
      || number_of(*number, std::uint8_t{0}) != IPPROTO_UDP)
    return std::optional<tuple>{};
  const auto from = address_in(*addresses, CTA_IP_V4_SRC, CTA_IP_V6_SRC);
  const auto to = address_in(*addresses, CTA_IP_V4_DST, CTA_IP_V6_DST);
  if (!from || !to)
    return from ? to.error() : from.error();
  return std::optional{
      tuple{{*from, port_of(*from_port)}, {*to, port_of(*to_port)}}};
}

void add_tuple(netlink_request& request, const udp_flow& flow) {
  const bool v4 = flow.from.address.family() == ip_family::v4;
  const auto whole = request.begin(CTA_TUPLE_ORIG);
  const auto ip = request.begin(CTA_TUPLE_IP);
  request.attribute(v4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC,
                    flow.from.address.octets());
  request.attribute(v4 ? CTA_IP_V4_DST : CTA_IP_V6_DST,
                    flow.to.address.octets());
  request.end(ip);
  const auto protocol = request.begin(CTA_TUPLE_PROTO);
  request.number(CTA_PROTO_NUM, std::uint8_t{IPPROTO_UDP});
  request.number(CTA_PROTO_SRC_PORT, htons(flow.from.port));
  request.number(CTA_PROTO_DST_PORT, htons(flow.to.port));
  request.end(protocol);
  request.end(whole);
}

} // namespace

result<std::optional<udp_flow>> parse_udp_flow(bytes_view payload) {
  if (const auto head = take_header<nfgenmsg>(payload); !head)
    return head.error();
  const auto attributes = split_attributes(payload);
  if (!attributes)
    return attributes.error();
  const auto* there = find_attribute(*attributes, CTA_TUPLE_ORIG);
  const auto* back = find_attribute(*attributes, CTA_TUPLE_REPLY);
  if (there == nullptr || back == nullptr)
    return std::optional<udp_flow>{};
  const auto asks = parse_tuple(*there);
  const auto answers = parse_tuple(*back);
  if (!asks || !answers)
    return asks ? answers.error() : asks.error();
  if (!*asks || !*answers)
    return std::optional<udp_flow>{};
  udp_flow out{(*asks)->from, (*asks)->to, (*answers)->from, 0};
  if (const auto* zone = find_attribute(*attributes, CTA_ZONE))
    out.zone = port_of(*zone);
  return std::optional{out};
}

result<conntrack> conntrack::open() {
  auto socket = netlink_socket::open(NETLINK_NETFILTER);
  if (!socket)
    return socket.error();
  return conntrack{std::move(*socket)};
}

result<std::vector<udp_flow>> conntrack::udp_flows(ip_family family) {
  netlink_request request{message_of(IPCTNL_MSG_CT_GET), NLM_F_DUMP};
  request.header(head_of(family));
  return socket_.dump(request, "list tracked flows", parse_udp_flow);
}

status_result conntrack::forget(const udp_flow& flow) {
  netlink_request request{message_of(IPCTNL_MSG_CT_DELETE), NLM_F_ACK};
  request.header(head_of(flow.from.address.family()));
  add_tuple(request, flow);
  if (flow.zone != 0)
    request.number(CTA_ZONE, htons(flow.zone));
  auto done = socket_.execute(request, "forget the flow to "
                                           + flow.to.address.to_string());
  if (!done && done.error().code == errc::not_found)
    return unit{};
  return done;
}

} // namespace troupe::sys
