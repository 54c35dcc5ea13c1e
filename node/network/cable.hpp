#pragma once

#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "node/sys/netns.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A veth from a bridge into another namespace, laid so that it does not
/// matter what was there before.
namespace troupe::network {

/// The far end of every cable.
inline constexpr std::string_view far_end_name = "eth0";

/// Makes the bridge of this name unless it exists, and returns it; `conflict`
/// when another kind of link has the name. It is left up or down as it is.
result<sys::net_link> find_or_add_bridge(sys::netlink& net,
                                         std::string_view name);

/// The link of this name, or none.
result<std::optional<sys::net_link>> look_for_link(sys::netlink& net,
                                                   std::string_view name);

/// Deletes the link of this name if there is one.
status_result delete_link_named(sys::netlink& net, std::string_view name);

struct cable {
  std::string port_name; ///< the end at the bridge
  std::string alias;     ///< of that end
  sys::link_index bridge;
  std::uint32_t mtu = 1500;
  sys::mac_address far_mac;
};

/// Both ends of one cable: a port as seen from the bridge's namespace, and an
/// eth0 as seen from its own.
bool are_peers(const sys::net_link& port, const sys::net_link& eth0);

/// Leaves `far` with an eth0 that is cabled to the bridge; the port is up. A
/// cable that is whole stays, anything else of either name is replaced.
/// `near` and `inside` are sockets in the bridge's namespace and in `far`.
status_result lay_cable(sys::netlink& near, const sys::netns& far,
                        sys::netlink& inside, const cable& wanted);

/// An address and the range it is in.
struct ranged_address {
  ip_address address;
  ip_prefix range;
};

/// Leaves the link with just these addresses and what the kernel gives it.
status_result set_addresses(sys::netlink& net, sys::link_index index,
                            const std::vector<ranged_address>& wanted);

/// Brings up lo and the far end of a cable, which gets these addresses, and
/// returns that end.
result<sys::net_link> set_up_far_end(sys::netlink& inside, const cable& wanted,
                                     const std::vector<ranged_address>& has);

/// Returns when both ends of a cable that is up pass frames.
status_result wait_for_cable(sys::netlink& near, sys::netlink& inside,
                             const cable& wanted);

} // namespace troupe::network
