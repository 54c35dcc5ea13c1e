#pragma once

#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "node/sys/netlink.hpp"

#include <map>
#include <string>
#include <vector>

/// Which way the pods of other nodes are. Their packets go as they are from
/// node to node: no address is translated, and no tunnel is between.
namespace troupe::network {

/// A Node, as far as it matters here.
struct node_place {
  std::string name;
  std::vector<ip_address> addresses; ///< InternalIP
  std::vector<ip_prefix> pod_cidrs;

  friend bool operator==(const node_place&, const node_place&) = default;
};

/// Each range of another node's pods, and that node's address of the same
/// family. Where two claim a range the first has it; nobody has one of `self`.
/// Pure.
std::map<ip_prefix, ip_address> find_ways(const std::string& self,
                                          const std::vector<node_place>& nodes);

/// Leaves the socket's namespace with just these routes to other nodes. Others'
/// routes, told apart by their owner, stay as they are. One that cannot be set
/// keeps none of the others back; the first error is returned.
status_result keep_node_routes(sys::netlink& net,
                               const std::map<ip_prefix, ip_address>& ways);

/// Marks the routes as ours (rtm_protocol).
inline constexpr std::uint8_t node_route_owner = 84;

} // namespace troupe::network
