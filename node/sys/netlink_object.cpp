#include "node/sys/netlink_object.hpp"

#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace troupe::sys {

namespace {

mac_address mac_of(bytes_view payload) {
  return {number_of(payload, std::array<std::uint8_t, 6>{})};
}

std::optional<link_index> index_of(bytes_view payload) {
  const int value = number_of(payload, 0);
  if (value <= 0)
    return std::nullopt;
  return link_index{value};
}

bool is_ip(int family) {
  return family == AF_INET || family == AF_INET6;
}

/// An address of this family; the attribute's length must agree.
result<ip_address> address_of(int family, bytes_view payload) {
  auto out = ip_address::from_octets(payload);
  const auto want = family == AF_INET ? ip_family::v4 : ip_family::v6;
  if (out && out->family() != want)
    return error{errc::corrupt, "a netlink address is of another family"};
  return out;
}

ip_address any_address(int family) {
  return family == AF_INET ? ip_address{} : ip_address::v6({});
}

/// RFC 2863's states as the kernel counts them: those in which frames pass.
bool is_operational(bytes_view payload) {
  const auto state = number_of(payload, std::uint8_t{IF_OPER_DOWN});
  return state == IF_OPER_UP || state == IF_OPER_UNKNOWN;
}

/// Whether this, what a bridge says of its port, is a state that passes frames.
bool is_forwarding(bytes_view slave_data) {
  const auto inner = split_attributes(slave_data);
  if (!inner)
    return false;
  const auto* state = find_attribute(*inner, IFLA_BRPORT_STATE);
  return state != nullptr
         && number_of(*state, std::uint8_t{BR_STATE_DISABLED})
                == BR_STATE_FORWARDING;
}

/// What IFLA_LINKINFO says.
void read_link_info(net_link& out, bool& blocked, bytes_view info) {
  const auto inner = split_attributes(info);
  if (!inner)
    return;
  if (const auto* kind = find_attribute(*inner, IFLA_INFO_KIND))
    out.kind = text_of(*kind);
  const auto* master_kind = find_attribute(*inner, IFLA_INFO_SLAVE_KIND);
  const auto* master_data = find_attribute(*inner, IFLA_INFO_SLAVE_DATA);
  blocked = master_kind != nullptr && text_of(*master_kind) == "bridge"
            && (master_data == nullptr || !is_forwarding(*master_data));
}

void read_link_attribute(net_link& out, bool& blocked,
                         const netlink_attribute& one) {
  switch (one.type) {
    case IFLA_IFNAME:
      out.name = text_of(one.payload);
      break;
    case IFLA_IFALIAS:
      out.alias = text_of(one.payload);
      break;
    case IFLA_LINKINFO:
      read_link_info(out, blocked, one.payload);
      break;
    case IFLA_OPERSTATE:
      out.carries = is_operational(one.payload);
      break;
    case IFLA_ADDRESS:
      out.mac = mac_of(one.payload);
      break;
    case IFLA_MTU:
      out.mtu = number_of(one.payload, std::uint32_t{0});
      break;
    case IFLA_MASTER:
      out.master = index_of(one.payload);
      break;
    case IFLA_LINK:
      out.peer = index_of(one.payload);
      break;
    default:
      break;
  }
}

std::optional<route_kind> route_kind_of(unsigned type) {
  switch (type) {
    case RTN_UNICAST:
      return route_kind::unicast;
    case RTN_UNREACHABLE:
      return route_kind::unreachable;
    case RTN_BLACKHOLE:
      return route_kind::blackhole;
    default:
      return std::nullopt;
  }
}

status_result read_route_attribute(route& out, const rtmsg& head,
                                   const netlink_attribute& one) {
  if (one.type == RTA_OIF) {
    out.index = index_of(one.payload);
  } else if (one.type == RTA_PRIORITY) {
    out.metric = number_of(one.payload, std::uint32_t{0});
  } else if (one.type == RTA_GATEWAY) {
    auto gateway = address_of(head.rtm_family, one.payload);
    if (!gateway)
      return gateway.error();
    out.gateway = *gateway;
  } else if (one.type == RTA_PREFSRC) {
    auto source = address_of(head.rtm_family, one.payload);
    if (!source)
      return source.error();
    out.source = *source;
  } else if (one.type == RTA_DST) {
    auto address = address_of(head.rtm_family, one.payload);
    if (!address)
      return address.error();
    auto destination = ip_prefix::of(*address, head.rtm_dst_len);
    if (!destination)
      return destination.error();
    out.destination = *destination;
  }
  return unit{};
}

} // namespace

std::string mac_address::to_string() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const auto octet : octets) {
    if (!out.empty())
      out += ':';
    out += digits[octet >> 4];
    out += digits[octet & 0xf];
  }
  return out;
}

result<std::optional<net_link>> parse_link(bytes_view payload) {
  const auto head = take_header<ifinfomsg>(payload);
  if (!head)
    return head.error();
  // Other families report a bridge's ports a second time.
  if (head->ifi_family != AF_UNSPEC || head->ifi_index <= 0)
    return std::optional<net_link>{};
  const auto attributes = split_attributes(payload);
  if (!attributes)
    return attributes.error();
  net_link out;
  out.index = link_index{head->ifi_index};
  out.up = (head->ifi_flags & IFF_UP) != 0;
  bool blocked = false;
  for (const auto& one : *attributes)
    read_link_attribute(out, blocked, one);
  out.carries = out.carries && out.up && !blocked;
  return std::optional{std::move(out)};
}

result<std::optional<link_address>> parse_link_address(bytes_view payload) {
  const auto head = take_header<ifaddrmsg>(payload);
  if (!head)
    return head.error();
  if (!is_ip(head->ifa_family))
    return std::optional<link_address>{};
  const auto attributes = split_attributes(payload);
  if (!attributes)
    return attributes.error();
  // IFA_ADDRESS is the far end of a point-to-point link; IPv6 has it alone.
  const auto* octets = find_attribute(*attributes, IFA_LOCAL);
  if (octets == nullptr)
    octets = find_attribute(*attributes, IFA_ADDRESS);
  if (octets == nullptr)
    return std::optional<link_address>{};
  const auto address = address_of(head->ifa_family, *octets);
  if (!address)
    return address.error();
  return std::optional{
      link_address{link_index{static_cast<int>(head->ifa_index)}, *address,
                   head->ifa_prefixlen}};
}

result<std::optional<route>> parse_route(bytes_view payload) {
  const auto head = take_header<rtmsg>(payload);
  if (!head)
    return head.error();
  const auto kind = route_kind_of(head->rtm_type);
  if (!is_ip(head->rtm_family) || head->rtm_table != RT_TABLE_MAIN || !kind
      || (head->rtm_flags & RTM_F_CLONED) != 0)
    return std::optional<route>{};
  const auto attributes = split_attributes(payload);
  if (!attributes)
    return attributes.error();
  route out;
  out.kind = *kind;
  out.owner = head->rtm_protocol;
  out.destination = *ip_prefix::of(any_address(head->rtm_family), 0);
  out.on_link = (head->rtm_flags & RTNH_F_ONLINK) != 0;
  for (const auto& one : *attributes)
    if (auto read = read_route_attribute(out, *head, one); !read)
      return read.error();
  // IPv6 names the loopback as the link of what goes nowhere.
  if (*kind != route_kind::unicast)
    out.index.reset();
  return std::optional{std::move(out)};
}

result<std::optional<neighbour>> parse_neighbour(bytes_view payload) {
  const auto head = take_header<ndmsg>(payload);
  if (!head)
    return head.error();
  if (!is_ip(head->ndm_family) || (head->ndm_state & NUD_PERMANENT) == 0)
    return std::optional<neighbour>{};
  const auto attributes = split_attributes(payload);
  if (!attributes)
    return attributes.error();
  const auto* octets = find_attribute(*attributes, NDA_DST);
  const auto* mac = find_attribute(*attributes, NDA_LLADDR);
  if (octets == nullptr || mac == nullptr)
    return std::optional<neighbour>{};
  const auto address = address_of(head->ndm_family, *octets);
  if (!address)
    return address.error();
  return std::optional{
      neighbour{link_index{head->ndm_ifindex}, *address, mac_of(*mac)}};
}

} // namespace troupe::sys
