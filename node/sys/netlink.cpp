#include "node/sys/netlink.hpp"

#include "node/sys/os_error.hpp"

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace troupe::sys {

namespace {

/// Looks, a millisecond apart, at a link that comes up.
constexpr int carrier_polls_max = 2000;

/// Turns the failure that means "done before" into success.
status_result unless(errc harmless, status_result outcome) {
  if (!outcome && outcome.error().code == harmless)
    return unit{};
  return outcome;
}

std::string name_of(link_index index) {
  return "link " + std::to_string(index.value());
}

std::uint8_t family_of(ip_family family) {
  return family == ip_family::v4 ? AF_INET : AF_INET6;
}

ifinfomsg link_header(link_index index, bool up) {
  ifinfomsg out{};
  out.ifi_index = index.value();
  if (up)
    out.ifi_flags = out.ifi_change = IFF_UP;
  return out;
}

ifaddrmsg address_header(const link_address& address) {
  ifaddrmsg out{};
  out.ifa_family = family_of(address.address.family());
  out.ifa_prefixlen = static_cast<std::uint8_t>(address.length);
  out.ifa_index = static_cast<unsigned>(address.index.value());
  if (address.address.family() == ip_family::v6)
    out.ifa_flags = IFA_F_NODAD;
  return out;
}

netlink_request address_request(std::uint16_t type, std::uint16_t flags,
                                const link_address& address) {
  netlink_request out{type, flags};
  out.header(address_header(address));
  out.attribute(IFA_LOCAL, address.address.octets());
  out.attribute(IFA_ADDRESS, address.address.octets());
  return out;
}

std::string text_of(const link_address& address) {
  return address.address.to_string() + "/" + std::to_string(address.length)
         + " of " + name_of(address.index);
}

std::uint8_t type_of(route_kind kind) {
  switch (kind) {
    case route_kind::unicast:
      return RTN_UNICAST;
    case route_kind::unreachable:
      return RTN_UNREACHABLE;
    case route_kind::blackhole:
      return RTN_BLACKHOLE;
  }
  return RTN_UNSPEC;
}

netlink_request route_request(std::uint16_t type, std::uint16_t flags,
                              const route& route) {
  rtmsg head{};
  head.rtm_family = family_of(route.destination.family());
  head.rtm_dst_len = static_cast<std::uint8_t>(route.destination.length());
  head.rtm_table = RT_TABLE_MAIN;
  head.rtm_protocol = route.owner;
  head.rtm_type = type_of(route.kind);
  head.rtm_scope = route.kind == route_kind::unicast && !route.gateway
                       ? RT_SCOPE_LINK
                       : RT_SCOPE_UNIVERSE;
  head.rtm_flags = route.on_link ? RTNH_F_ONLINK : 0;
  netlink_request out{type, flags};
  out.header(head);
  if (route.destination.length() > 0)
    out.attribute(RTA_DST, route.destination.first().octets());
  if (route.index)
    out.number(RTA_OIF, route.index->value());
  if (route.gateway)
    out.attribute(RTA_GATEWAY, route.gateway->octets());
  if (route.source)
    out.attribute(RTA_PREFSRC, route.source->octets());
  if (route.metric != 0)
    out.number(RTA_PRIORITY, route.metric);
  return out;
}

std::string text_of(const route& route) {
  auto out = "route " + route.destination.to_string();
  if (route.gateway)
    out += " via " + route.gateway->to_string();
  if (route.index)
    out += " on " + name_of(*route.index);
  return out;
}

netlink_request neighbour_request(std::uint16_t type, std::uint16_t flags,
                                  const neighbour& neighbour) {
  ndmsg head{};
  head.ndm_family = family_of(neighbour.address.family());
  head.ndm_ifindex = neighbour.index.value();
  head.ndm_state = NUD_PERMANENT;
  netlink_request out{type, flags};
  out.header(head);
  out.attribute(NDA_DST, neighbour.address.octets());
  out.number(NDA_LLADDR, neighbour.mac.octets);
  return out;
}

std::string text_of(const neighbour& neighbour) {
  return "neighbour " + neighbour.address.to_string() + " of "
         + name_of(neighbour.index);
}

status_result check_name(std::string_view name) {
  if (name.empty() || name.size() > netlink::name_max)
    return error{errc::invalid_argument, "a link's name has 1 to 15 octets: \""
                                             + std::string{name} + "\""};
  return unit{};
}

} // namespace

result<netlink> netlink::open() {
  auto socket = netlink_socket::open(NETLINK_ROUTE);
  if (!socket)
    return socket.error();
  return netlink{std::move(*socket)};
}

result<std::vector<net_link>> netlink::links() {
  netlink_request request{RTM_GETLINK, NLM_F_DUMP};
  request.header(ifinfomsg{});
  return socket_.dump(request, "list links", parse_link);
}

result<net_link> netlink::find_link(std::string_view name) {
  if (auto fine = check_name(name); !fine)
    return fine.error();
  netlink_request request{RTM_GETLINK, NLM_F_ACK};
  request.header(ifinfomsg{});
  request.text(IFLA_IFNAME, name);
  const auto attempt = "look for link " + std::string{name};
  std::optional<net_link> found;
  const auto done = socket_.execute(
      request, attempt, [&](const netlink_message& message) -> status_result {
        auto one = parse_link(message.payload);
        if (!one)
          return one.error();
        found = *one;
        return unit{};
      });
  if (!done)
    return done.error();
  if (!found)
    return netlink_failure(attempt, ENODEV);
  return *found;
}

status_result netlink::wait_for_carrier(std::string_view name) {
  for (int i = 0; i < carrier_polls_max; ++i) {
    const auto link = find_link(name);
    if (!link)
      return link.error();
    if (link->carries)
      return unit{};
    poll(nullptr, 0, 1);
  }
  return error{errc::unavailable,
               "wait for link " + std::string{name} + ": it has no carrier"};
}

status_result netlink::change_link(link_index index,
                                   const link_change& change) {
  auto head = link_header(index, false);
  if (change.up) {
    head.ifi_change = IFF_UP;
    head.ifi_flags = *change.up ? IFF_UP : 0;
  }
  netlink_request request{RTM_NEWLINK, NLM_F_ACK};
  request.header(head);
  if (change.mtu)
    request.number(IFLA_MTU, *change.mtu);
  if (change.mac)
    request.number(IFLA_ADDRESS, change.mac->octets);
  if (change.alias)
    request.attribute(IFLA_IFALIAS, *change.alias);
  if (change.master)
    request.number(IFLA_MASTER, change.master->value());
  return socket_.execute(request, "change " + name_of(index));
}

status_result netlink::add_bridge(std::string_view name) {
  if (auto fine = check_name(name); !fine)
    return fine;
  netlink_request request{RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL};
  request.header(ifinfomsg{});
  request.text(IFLA_IFNAME, name);
  const auto info = request.begin(IFLA_LINKINFO);
  request.text(IFLA_INFO_KIND, "bridge");
  request.end(info);
  return socket_.execute(request, "add bridge " + std::string{name});
}

status_result netlink::add_veth(const veth_request& wanted) {
  for (const auto& name : {wanted.name, wanted.peer_name})
    if (auto fine = check_name(name); !fine)
      return fine;
  netlink_request request{RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL};
  request.header(link_header(link_index{}, true));
  request.text(IFLA_IFNAME, wanted.name);
  request.number(IFLA_MTU, wanted.mtu);
  if (wanted.master)
    request.number(IFLA_MASTER, wanted.master->value());
  const auto info = request.begin(IFLA_LINKINFO);
  request.text(IFLA_INFO_KIND, "veth");
  const auto data = request.begin(IFLA_INFO_DATA);
  const auto peer = request.begin(VETH_INFO_PEER);
  // An end cannot come up before it has its peer.
  request.header(ifinfomsg{});
  request.text(IFLA_IFNAME, wanted.peer_name);
  request.number(IFLA_MTU, wanted.mtu);
  request.number(IFLA_NET_NS_FD, wanted.peer_netns);
  if (wanted.peer_mac)
    request.number(IFLA_ADDRESS, wanted.peer_mac->octets);
  request.end(peer);
  request.end(data);
  request.end(info);
  if (auto made = socket_.execute(request, "add link " + wanted.name); !made)
    return made;
  // The kernel takes no alias while it makes a link.
  const auto link = find_link(wanted.name);
  if (!link)
    return link.error();
  return change_link(link->index, {.alias = wanted.alias});
}

status_result netlink::set_hairpin(link_index port, bool on) {
  auto head = link_header(port, false);
  head.ifi_family = AF_BRIDGE;
  netlink_request request{RTM_SETLINK, NLM_F_ACK};
  request.header(head);
  const auto info = request.begin(IFLA_PROTINFO);
  request.number(IFLA_BRPORT_MODE, std::uint8_t{on});
  request.end(info);
  return socket_.execute(request, "set hairpin of " + name_of(port));
}

status_result netlink::delete_link(link_index index) {
  netlink_request request{RTM_DELLINK, NLM_F_ACK};
  request.header(link_header(index, false));
  return unless(errc::not_found,
                socket_.execute(request, "delete " + name_of(index)));
}

result<std::vector<link_address>> netlink::addresses(link_index index) {
  netlink_request request{RTM_GETADDR, NLM_F_DUMP};
  ifaddrmsg head{};
  head.ifa_index = static_cast<unsigned>(index.value());
  request.header(head);
  return socket_.dump(request, "list addresses of " + name_of(index),
                      parse_link_address);
}

status_result netlink::set_address(const link_address& address) {
  const auto request = address_request(
      RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, address);
  return socket_.execute(request, "set address " + text_of(address));
}

status_result netlink::delete_address(const link_address& address) {
  const auto request = address_request(RTM_DELADDR, NLM_F_ACK, address);
  return unless(errc::not_found,
                socket_.execute(request, "delete address " + text_of(address)));
}

result<std::vector<route>> netlink::routes(ip_family family) {
  netlink_request request{RTM_GETROUTE, NLM_F_DUMP};
  rtmsg head{};
  head.rtm_family = family_of(family);
  request.header(head);
  return socket_.dump(request, "list routes", parse_route);
}

status_result netlink::set_route(const route& route) {
  const auto request = route_request(
      RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, route);
  return socket_.execute(request, "set " + text_of(route));
}

status_result netlink::delete_route(const route& route) {
  const auto request = route_request(RTM_DELROUTE, NLM_F_ACK, route);
  return unless(errc::not_found,
                socket_.execute(request, "delete " + text_of(route)));
}

result<std::vector<neighbour>> netlink::neighbours() {
  netlink_request request{RTM_GETNEIGH, NLM_F_DUMP};
  request.header(ndmsg{});
  return socket_.dump(request, "list neighbours", parse_neighbour);
}

status_result netlink::set_neighbour(const neighbour& neighbour) {
  const auto request = neighbour_request(
      RTM_NEWNEIGH, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, neighbour);
  return socket_.execute(request, "set " + text_of(neighbour));
}

status_result netlink::delete_neighbour(const neighbour& neighbour) {
  const auto request = neighbour_request(RTM_DELNEIGH, NLM_F_ACK, neighbour);
  return unless(errc::not_found,
                socket_.execute(request, "delete " + text_of(neighbour)));
}

} // namespace troupe::sys
