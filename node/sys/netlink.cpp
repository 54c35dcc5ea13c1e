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

/// The kernel fills datagrams of a dump up to 32 KiB when there is room.
constexpr std::size_t datagram_max = 65536;

/// Looks, a millisecond apart, at a link that comes up.
constexpr int carrier_polls_max = 2000;

/// Times a dump is begun anew when the kernel says it changed meanwhile.
constexpr int dump_attempts_max = 8;

/// As everywhere, but for what netlink says in its own way.
errc netlink_code_of(int number) {
  switch (number) {
    case EADDRNOTAVAIL:
      return errc::not_found;
    case ERANGE:
      return errc::invalid_argument;
    case EAFNOSUPPORT:
      return errc::unsupported;
    default:
      return code_of(number);
  }
}

error failure(const std::string& attempt, int number,
              std::string_view words = {}) {
  auto message = attempt + ": " + std::generic_category().message(number);
  if (!words.empty())
    message += " (" + std::string{words} + ")";
  return {netlink_code_of(number), std::move(message)};
}

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
  head.rtm_protocol = RTPROT_STATIC;
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
  const std::string attempt = "open a netlink socket";
  unique_fd fd{socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)};
  if (!fd)
    return failure(attempt, errno);
  sockaddr_nl self{};
  self.nl_family = AF_NETLINK;
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&self), sizeof self)
      != 0)
    return failure(attempt, errno);
  const int on = 1;
  for (const int option :
       {NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK})
    if (setsockopt(fd.get(), SOL_NETLINK, option, &on, sizeof on) != 0)
      return failure(attempt, errno);
  return netlink{std::move(fd)};
}

result<bool> netlink::receive(const std::string& attempt,
                              const message_reader& read, bool& interrupted) {
  buffer_.resize(datagram_max);
  const auto length =
      recv(socket_.get(), buffer_.data(), buffer_.size(), MSG_TRUNC);
  if (length < 0)
    return errno == EINTR ? result<bool>{false}
                          : result<bool>{failure(attempt, errno)};
  if (static_cast<std::size_t>(length) > buffer_.size())
    return error{errc::too_large, attempt + ": the reply is too long"};
  const auto messages = split_datagram(
      bytes_view{buffer_}.substr(0, static_cast<std::size_t>(length)));
  if (!messages)
    return error{messages.error().code,
                 attempt + ": " + messages.error().message};
  for (const auto& message : *messages) {
    if (message.sequence != sequence_)
      continue; // what is left of a request that failed half-way
    interrupted = interrupted || (message.flags & NLM_F_DUMP_INTR) != 0;
    if (message.type == NLMSG_ERROR || message.type == NLMSG_DONE) {
      // Both begin with an error number; a dump ends with the latter.
      const auto ack = parse_ack(message);
      if (!ack)
        return error{ack.error().code, attempt + ": " + ack.error().message};
      if (ack->error_number != 0)
        return failure(attempt, ack->error_number, ack->text);
      return true;
    }
    if (read)
      if (auto done = read(message); !done)
        return error{done.error().code, attempt + ": " + done.error().message};
  }
  return false;
}

status_result netlink::execute(const netlink_request& request,
                               const std::string& attempt,
                               const message_reader& read) {
  const auto data = request.finish(++sequence_);
  if (send(socket_.get(), data.data(), data.size(), 0) < 0)
    return failure(attempt, errno);
  bool interrupted = false;
  for (;;) {
    const auto ended = receive(attempt, read, interrupted);
    if (!ended)
      return ended.error();
    if (*ended)
      break;
  }
  if (interrupted)
    return error{errc::conflict, attempt + ": it changed meanwhile"};
  return unit{};
}

template <class T>
result<std::vector<T>>
netlink::dump(const netlink_request& request, const std::string& attempt,
              result<std::optional<T>> (*parse)(bytes_view)) {
  std::vector<T> out;
  const auto read = [&](const netlink_message& message) -> status_result {
    auto one = parse(message.payload);
    if (!one)
      return one.error();
    if (out.size() == dump_max)
      return error{errc::too_large,
                   "there are more than " + std::to_string(dump_max)};
    if (*one)
      out.push_back(std::move(**one));
    return unit{};
  };
  for (int i = 0;; ++i) {
    out.clear();
    const auto done = execute(request, attempt, read);
    if (done)
      return out;
    if (done.error().code != errc::conflict || i == dump_attempts_max)
      return done.error();
  }
}

result<std::vector<net_link>> netlink::links() {
  netlink_request request{RTM_GETLINK, NLM_F_DUMP};
  request.header(ifinfomsg{});
  return dump(request, "list links", parse_link);
}

result<net_link> netlink::find_link(std::string_view name) {
  if (auto fine = check_name(name); !fine)
    return fine.error();
  netlink_request request{RTM_GETLINK, NLM_F_ACK};
  request.header(ifinfomsg{});
  request.text(IFLA_IFNAME, name);
  const auto attempt = "look for link " + std::string{name};
  std::optional<net_link> found;
  const auto done = execute(
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
    return failure(attempt, ENODEV);
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
  return execute(request, "change " + name_of(index));
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
  return execute(request, "add bridge " + std::string{name});
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
  if (auto made = execute(request, "add link " + wanted.name); !made)
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
  return execute(request, "set hairpin of " + name_of(port));
}

status_result netlink::delete_link(link_index index) {
  netlink_request request{RTM_DELLINK, NLM_F_ACK};
  request.header(link_header(index, false));
  return unless(errc::not_found, execute(request, "delete " + name_of(index)));
}

result<std::vector<link_address>> netlink::addresses(link_index index) {
  netlink_request request{RTM_GETADDR, NLM_F_DUMP};
  ifaddrmsg head{};
  head.ifa_index = static_cast<unsigned>(index.value());
  request.header(head);
  return dump(request, "list addresses of " + name_of(index),
              parse_link_address);
}

status_result netlink::set_address(const link_address& address) {
  const auto request = address_request(
      RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, address);
  return execute(request, "set address " + text_of(address));
}

status_result netlink::delete_address(const link_address& address) {
  const auto request = address_request(RTM_DELADDR, NLM_F_ACK, address);
  return unless(errc::not_found,
                execute(request, "delete address " + text_of(address)));
}

result<std::vector<route>> netlink::routes(ip_family family) {
  netlink_request request{RTM_GETROUTE, NLM_F_DUMP};
  rtmsg head{};
  head.rtm_family = family_of(family);
  request.header(head);
  return dump(request, "list routes", parse_route);
}

status_result netlink::set_route(const route& route) {
  const auto request = route_request(
      RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, route);
  return execute(request, "set " + text_of(route));
}

status_result netlink::delete_route(const route& route) {
  const auto request = route_request(RTM_DELROUTE, NLM_F_ACK, route);
  return unless(errc::not_found, execute(request, "delete " + text_of(route)));
}

result<std::vector<neighbour>> netlink::neighbours() {
  netlink_request request{RTM_GETNEIGH, NLM_F_DUMP};
  request.header(ndmsg{});
  return dump(request, "list neighbours", parse_neighbour);
}

status_result netlink::set_neighbour(const neighbour& neighbour) {
  const auto request = neighbour_request(
      RTM_NEWNEIGH, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, neighbour);
  return execute(request, "set " + text_of(neighbour));
}

status_result netlink::delete_neighbour(const neighbour& neighbour) {
  const auto request = neighbour_request(RTM_DELNEIGH, NLM_F_ACK, neighbour);
  return unless(errc::not_found,
                execute(request, "delete " + text_of(neighbour)));
}

} // namespace troupe::sys
