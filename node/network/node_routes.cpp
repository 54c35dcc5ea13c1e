#include "node/network/node_routes.hpp"

#include <algorithm>

namespace troupe::network {

namespace {

/// For IPv6 the kernel turns 0 into this.
constexpr std::uint32_t default_metric_v6 = 1024;

bool overlaps(const std::vector<ip_prefix>& all, const ip_prefix& one) {
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& other) { return other.overlaps(one); });
}

const ip_address* address_of(const node_place& node, ip_family family) {
  const auto found =
      std::find_if(node.addresses.begin(), node.addresses.end(),
                   [&](const auto& it) { return it.family() == family; });
  return found == node.addresses.end() ? nullptr : &*found;
}

bool leads(const sys::route& route,
           const std::map<ip_prefix, ip_address>& ways) {
  const auto wanted = ways.find(route.destination);
  return wanted != ways.end() && route.gateway == wanted->second
         && route.kind == sys::route_kind::unicast;
}

} // namespace

std::map<ip_prefix, ip_address>
find_ways(const std::string& self, const std::vector<node_place>& nodes) {
  std::vector<ip_prefix> taken;
  for (const auto& node : nodes)
    if (node.name == self)
      taken = node.pod_cidrs;
  std::map<ip_prefix, ip_address> out;
  for (const auto& node : nodes)
    for (const auto& range : node.pod_cidrs) {
      const auto* way = address_of(node, range.family());
      if (node.name == self || way == nullptr || overlaps(taken, range))
        continue;
      out.emplace(range, *way);
      taken.push_back(range);
    }
  return out;
}

status_result keep_node_routes(sys::netlink& net,
                               const std::map<ip_prefix, ip_address>& ways) {
  status_result out{unit{}};
  const auto note = [&](status_result done) {
    if (out && !done)
      out = std::move(done);
  };
  auto missing = ways;
  for (const auto family : {ip_family::v4, ip_family::v6}) {
    const auto there = net.routes(family);
    if (!there)
      return there.error();
    for (const auto& route : *there) {
      if (route.owner != node_route_owner)
        continue;
      if (leads(route, ways))
        missing.erase(route.destination);
      else if (!ways.contains(route.destination))
        note(net.delete_route(route));
    }
  }
  for (const auto& [range, way] : missing) {
    sys::route route;
    route.destination = range;
    route.gateway = way;
    route.owner = node_route_owner;
    if (range.family() == ip_family::v6)
      route.metric = default_metric_v6;
    note(net.set_route(route));
  }
  return out;
}

} // namespace troupe::network
