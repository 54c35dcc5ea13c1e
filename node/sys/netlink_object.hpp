#pragma once

#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "messages/base/strong.hpp"
#include "node/sys/netlink_message.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>

/// The objects of rtnetlink as values, and how a reply is read as one. Pure.
namespace troupe::sys {

/// An Ethernet address.
struct mac_address {
  std::array<std::uint8_t, 6> octets{};

  /// "0a:58:0a:f4:00:07"
  std::string to_string() const;

  friend auto operator<=>(const mac_address&, const mac_address&) = default;
};

/// A link's number in its namespace; never 0.
using link_index = strong<int, struct link_index_tag>;

/// A network interface.
struct net_link {
  link_index index;
  std::string name;
  std::string kind;  ///< "veth", "bridge", …; empty for hardware and lo
  std::string alias; ///< free text its maker attached, or empty
  mac_address mac;
  std::uint32_t mtu = 0;
  bool up = false;
  /// It passes frames now: it has a carrier, and where it is a bridge's port
  /// the bridge forwards through it. Comes some time after `up`.
  bool carries = false;
  std::optional<link_index> master; ///< the bridge it is a port of
  /// The other end of a veth, numbered in that end's namespace.
  std::optional<link_index> peer;

  friend bool operator==(const net_link&, const net_link&) = default;
};

/// An address of a link and the range that is on the link with it.
struct link_address {
  link_index index;
  ip_address address;
  unsigned length = 0;

  friend bool operator==(const link_address&, const link_address&) = default;
};

enum class route_kind : std::uint8_t {
  unicast,
  unreachable, ///< answered with "host unreachable"
  blackhole,   ///< dropped in silence
};

/// An entry of the main routing table.
struct route {
  ip_prefix destination;
  route_kind kind = route_kind::unicast;
  /// The link, where the kind has one.
  std::optional<link_index> index;
  std::optional<ip_address> gateway;
  /// Lower is preferred among routes of one destination. For IPv6 the kernel
  /// turns 0 into 1024.
  std::uint32_t metric = 0;
  /// The gateway is on the link though no address says so.
  bool on_link = false;
  /// The address of what the machine itself sends this way.
  std::optional<ip_address> source;
  /// Who set it, by a number of rtnetlink(7); 4 is whoever configures by hand.
  std::uint8_t owner = 4;

  friend bool operator==(const route&, const route&) = default;
};

/// A neighbour whose Ethernet address was set, not learnt.
struct neighbour {
  link_index index;
  ip_address address;
  mac_address mac;

  friend bool operator==(const neighbour&, const neighbour&) = default;
};

/// Each reads the payload of its RTM_NEW… message. None when the message is
/// about something these values do not describe (another family or table, a
/// learnt neighbour, a kind of route not listed above).
result<std::optional<net_link>> parse_link(bytes_view payload);
result<std::optional<link_address>> parse_link_address(bytes_view payload);
result<std::optional<route>> parse_route(bytes_view payload);
result<std::optional<neighbour>> parse_neighbour(bytes_view payload);

} // namespace troupe::sys
