#pragma once

#include "node/sys/netlink_object.hpp"
#include "node/sys/netlink_socket.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::sys {

/// What to set of a link; what is absent stays as it is.
struct link_change {
  std::optional<bool> up{};
  std::optional<std::uint32_t> mtu{};
  std::optional<mac_address> mac{};
  std::optional<std::string> alias{};
  /// The bridge to be a port of; an index of 0 takes it off.
  std::optional<link_index> master{};
};

/// A veth pair: this end here and up, the other in another namespace and down.
struct veth_request {
  std::string name;
  std::string alias;
  std::uint32_t mtu = 1500;
  std::optional<link_index> master;
  std::string peer_name;
  int peer_netns = -1; ///< an open namespace; not owned
  std::optional<mac_address> peer_mac;
};

/// The network configuration of one network namespace, through rtnetlink(7).
/// The namespace is that of the thread that opened it, whichever thread calls
/// later; calls block and are made one at a time.
///
/// Errors read "<what was attempted>: <reason> (<the kernel's words>)", with
/// `already_exists`, `not_found`, `permission_denied`, `invalid_argument`,
/// `unsupported`, `no_space` or `io_error`.
class netlink {
public:
  /// Octets of a link's name at most.
  static constexpr std::size_t name_max = 15;

  static result<netlink> open();

  result<std::vector<net_link>> links();
  /// `not_found` when there is none of this name.
  result<net_link> find_link(std::string_view name);
  /// Returns when the link of this name passes frames, some milliseconds after
  /// it and what it hangs on came up: what is sent before is lost.
  /// `unavailable` when that takes more than two seconds.
  status_result wait_for_carrier(std::string_view name);
  status_result change_link(link_index index, const link_change& change);
  /// A bridge without spanning tree, down.
  status_result add_bridge(std::string_view name);
  status_result add_veth(const veth_request& request);
  /// Lets a bridge's port send a frame back where it came from.
  status_result set_hairpin(link_index port, bool on);
  /// With its peer; returns when both are gone. A link that is not there is
  /// deleted already.
  status_result delete_link(link_index index);

  result<std::vector<link_address>> addresses(link_index index);
  /// Adds it or leaves it as it is; IPv6 without duplicate detection.
  status_result set_address(const link_address& address);
  /// Done when it is not there.
  status_result delete_address(const link_address& address);

  result<std::vector<route>> routes(ip_family family);
  /// Adds it, or replaces the one of its destination and metric.
  status_result set_route(const route& route);
  /// Done when it is not there.
  status_result delete_route(const route& route);

  result<std::vector<neighbour>> neighbours();
  /// Adds it or replaces the one of its link and address.
  status_result set_neighbour(const neighbour& neighbour);
  /// Done when it is not there.
  status_result delete_neighbour(const neighbour& neighbour);

private:
  explicit netlink(netlink_socket socket) : socket_(std::move(socket)) {}

  netlink_socket socket_;
};

} // namespace troupe::sys
