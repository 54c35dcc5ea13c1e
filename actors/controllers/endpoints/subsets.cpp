#include "actors/controllers/endpoints/subsets.hpp"

#include <algorithm>
#include <map>

namespace troupe::controllers::endpoints {

namespace {

/// Who answers, and whether it is ready.
using answering = std::map<address, bool>;

subset subset_of(const answering& who, std::vector<port> ports) {
  subset out;
  for (const auto& [address, ready] : who)
    (ready ? out.ready : out.not_ready).push_back(address);
  out.ports = std::move(ports);
  std::ranges::sort(out.ports);
  return out;
}

/// `share` of `whole` of `count`, rounded up.
std::size_t part_of(std::size_t share, std::size_t whole, std::size_t count) {
  return whole == 0 ? 0 : (share * count + whole - 1) / whole;
}

void cut(std::vector<address>& addresses, std::size_t count) {
  if (addresses.size() > count)
    addresses.resize(count);
}

} // namespace

std::vector<subset> pack(const std::vector<member>& members) {
  std::map<port, answering> by_port;
  answering without_ports;
  for (const auto& [address, ready, ports] : members) {
    if (ports.empty())
      without_ports.emplace(address, ready);
    for (const auto& port : ports)
      by_port[port].emplace(address, ready);
  }
  std::map<answering, std::vector<port>> by_answering;
  for (const auto& [port, who] : by_port)
    by_answering[who].push_back(port);
  std::vector<subset> out;
  if (!without_ports.empty())
    out.push_back(subset_of(without_ports, {}));
  for (const auto& [who, ports] : by_answering)
    out.push_back(subset_of(who, ports));
  std::ranges::sort(out);
  return out;
}

bool truncate(std::vector<subset>& subsets) {
  std::size_t ready = 0;
  std::size_t not_ready = 0;
  for (const auto& one : subsets) {
    ready += one.ready.size();
    not_ready += one.not_ready.size();
  }
  if (ready + not_ready <= addresses_max)
    return false;
  const bool cuts_ready = ready > addresses_max;
  const auto room = cuts_ready ? addresses_max : addresses_max - ready;
  const auto whole = cuts_ready ? ready : not_ready;
  auto left = room;
  for (auto& one : subsets) {
    auto& list = cuts_ready ? one.ready : one.not_ready;
    cut(list, std::min(left, part_of(list.size(), whole, room)));
    left -= list.size();
    if (cuts_ready)
      one.not_ready.clear();
  }
  return true;
}

} // namespace troupe::controllers::endpoints
