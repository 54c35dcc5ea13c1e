#include "actors/controllers/node_lifecycle/zones.hpp"

#include "messages/view/core_v1.hpp"

#include <algorithm>

namespace troupe::controllers::node_lifecycle {

namespace {

/// A disruption is of more than two nodes.
constexpr std::size_t disrupted_min = 3;

std::string_view label_of(const codec::document& node, std::string_view name) {
  for (const auto& [key, value] : view::core_v1::node{node}.metadata().labels())
    if (key == name)
      return value;
  return {};
}

} // namespace

void zone_table::count(const std::string& zone, bool ready) {
  auto& mine = zones_[zone];
  ++(ready ? mine.ready : mine.out);
}

zone_state zone_table::state_of(const std::string& name,
                                const eviction_rates& rates) const {
  const auto mine = of(name);
  if (mine.ready == 0 && mine.out > 0)
    return zone_state::full_disruption;
  const auto share = static_cast<double>(mine.out)
                     / static_cast<double>(mine.out + mine.ready);
  if (mine.out >= disrupted_min && share >= rates.unhealthy_share)
    return zone_state::partial_disruption;
  return zone_state::normal;
}

bool zone_table::all_disrupted() const {
  return std::ranges::all_of(
      zones_, [](const auto& each) { return each.second.ready == 0; });
}

std::optional<duration>
zone_table::period_of(const std::string& name,
                      const eviction_rates& rates) const {
  if (state_of(name, rates) != zone_state::partial_disruption)
    return rates.healthy;
  const auto mine = of(name);
  if (mine.ready + mine.out > rates.large_zone)
    return rates.reduced;
  return std::nullopt;
}

zone_table::zone zone_table::of(const std::string& name) const {
  const auto found = zones_.find(name);
  return found == zones_.end() ? zone{} : found->second;
}

std::string zone_of(const codec::document& node) {
  const auto region = label_of(node, "topology.kubernetes.io/region");
  const auto zone = label_of(node, "topology.kubernetes.io/zone");
  if (region.empty() && zone.empty())
    return {};
  return std::string{region}.append(":").append(zone);
}

bool counts_in_zone(const codec::document& node) {
  for (const auto& [key, value] : view::core_v1::node{node}.metadata().labels())
    if (key == "node.kubernetes.io/exclude-disruption")
      return false;
  return true;
}

} // namespace troupe::controllers::node_lifecycle
