#include "node/network/cable.hpp"

#include <algorithm>

namespace troupe::network {

using sys::net_link;
using sys::netlink;

namespace {

/// The kernel gives these to a link by itself.
bool is_link_local(const ip_address& address) {
  static const auto range = *ip_prefix::parse("fe80::/10");
  return range.contains(address);
}

} // namespace

result<net_link> find_or_add_bridge(netlink& net, std::string_view name) {
  if (auto made = net.add_bridge(name);
      !made && made.error().code != errc::already_exists)
    return made.error();
  auto bridge = net.find_link(name);
  if (bridge && bridge->kind != "bridge")
    return error{errc::conflict,
                 "the link " + bridge->name + " exists and is no bridge"};
  return bridge;
}

result<std::optional<net_link>> look_for_link(netlink& net,
                                              std::string_view name) {
  auto found = net.find_link(name);
  if (!found && found.error().code == errc::not_found)
    return std::optional<net_link>{};
  if (!found)
    return found.error();
  return std::optional{std::move(*found)};
}

status_result delete_link_named(netlink& net, std::string_view name) {
  const auto link = look_for_link(net, name);
  if (!link)
    return link.error();
  return *link ? net.delete_link((*link)->index) : unit{};
}

bool are_peers(const net_link& port, const net_link& eth0) {
  return port.kind == "veth" && eth0.kind == "veth" && port.peer == eth0.index
         && eth0.peer == port.index;
}

status_result lay_cable(netlink& near, const sys::netns& far, netlink& inside,
                        const cable& wanted) {
  const auto port = look_for_link(near, wanted.port_name);
  if (!port)
    return port.error();
  const auto eth0 = look_for_link(inside, far_end_name);
  if (!eth0)
    return eth0.error();
  if (*port && *eth0 && are_peers(**port, **eth0))
    return near.change_link((*port)->index, {.up = true,
                                             .mtu = wanted.mtu,
                                             .alias = wanted.alias,
                                             .master = wanted.bridge});
  if (auto gone = delete_link_named(near, wanted.port_name); !gone)
    return gone;
  if (auto gone = delete_link_named(inside, far_end_name); !gone)
    return gone;
  sys::veth_request request;
  request.name = wanted.port_name;
  request.alias = wanted.alias;
  request.mtu = wanted.mtu;
  request.master = wanted.bridge;
  request.peer_name = far_end_name;
  request.peer_netns = far.fd();
  request.peer_mac = wanted.far_mac;
  return near.add_veth(request);
}

status_result set_addresses(netlink& net, sys::link_index index,
                            const std::vector<ranged_address>& wanted) {
  const auto has = net.addresses(index);
  if (!has)
    return has.error();
  for (const auto& one : *has) {
    const bool stays =
        is_link_local(one.address)
        || std::any_of(wanted.begin(), wanted.end(),
                       [&](const ranged_address& other) {
                         return one.address == other.address
                                && one.length == other.range.length();
                       });
    if (!stays)
      if (auto gone = net.delete_address(one); !gone)
        return gone;
  }
  for (const auto& [address, range] : wanted)
    if (auto set = net.set_address({index, address, range.length()}); !set)
      return set;
  return unit{};
}

result<net_link> set_up_far_end(netlink& inside, const cable& wanted,
                                const std::vector<ranged_address>& has) {
  const auto lo = inside.find_link("lo");
  if (!lo)
    return lo.error();
  if (auto up = inside.change_link(lo->index, {.up = true}); !up)
    return up.error();
  auto eth0 = inside.find_link(far_end_name);
  if (!eth0)
    return eth0;
  sys::link_change change{.up = true, .mtu = wanted.mtu};
  // Given anew, even the same one would be announced to everybody.
  if (eth0->mac != wanted.far_mac)
    change.mac = wanted.far_mac;
  if (auto up = inside.change_link(eth0->index, change); !up)
    return up.error();
  if (auto set = set_addresses(inside, eth0->index, has); !set)
    return set.error();
  return eth0;
}

status_result wait_for_cable(netlink& near, netlink& inside,
                             const cable& wanted) {
  if (auto ready = near.wait_for_carrier(wanted.port_name); !ready)
    return ready;
  return inside.wait_for_carrier(far_end_name);
}

} // namespace troupe::network
