#include "node/network/stale_flows.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace troupe::network {

namespace {

using ends = std::set<sys::flow_end>;

/// Who may answer for a service, whatever policy led there.
ends serving(const service_port& port) {
  ends out;
  for (const auto& each : port.endpoints)
    if (each.serving)
      out.insert({each.address, each.port});
  return out;
}

} // namespace

std::vector<sys::udp_flow>
stale_flows(const std::vector<sys::udp_flow>& flows,
            const std::vector<service_port>& services,
            const std::vector<ip_address>& own) {
  std::map<sys::flow_end, ends> by_address;
  std::map<std::uint16_t, ends> by_node_port;
  for (const auto& port : services) {
    const auto servers = serving(port);
    if (port.protocol != port_protocol::udp || servers.empty())
      continue;
    for (const auto* all : {&port.cluster_addresses, &port.external_addresses,
                            &port.balancer_addresses})
      for (const auto& address : *all)
        by_address.emplace(sys::flow_end{address, port.port}, servers);
    if (port.node_port != 0)
      by_node_port.emplace(port.node_port, servers);
  }
  const auto servers_of = [&](const sys::flow_end& to) -> const ends* {
    if (const auto found = by_address.find(to); found != by_address.end())
      return &found->second;
    const auto found = by_node_port.find(to.port);
    const bool here =
        std::find(own.begin(), own.end(), to.address) != own.end();
    return here && found != by_node_port.end() ? &found->second : nullptr;
  };
  std::vector<sys::udp_flow> out;
  std::copy_if(flows.begin(), flows.end(), std::back_inserter(out),
               [&](const sys::udp_flow& flow) {
                 const auto* servers = servers_of(flow.to);
                 return servers != nullptr && !servers->contains(flow.answers);
               });
  return out;
}

} // namespace troupe::network
