#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

/// How many nodes may be given up at a time, from how their zones fare
/// (Kubernetes documentation, "Nodes", Rate limits on eviction). Pure.
namespace troupe::controllers::node_lifecycle {

/// kube-controller-manager's defaults.
struct eviction_rates {
  duration healthy = std::chrono::seconds{10};  ///< --node-eviction-rate 0.1
  duration reduced = std::chrono::seconds{100}; ///< secondary: 0.01
  /// Zones of so many nodes or fewer give up none when too many are out.
  std::size_t large_zone = 50;
  double unhealthy_share = 0.55;
};

enum class zone_state { normal, partial_disruption, full_disruption };

/// The zones of a cluster, by the readiness of their nodes.
class zone_table {
public:
  /// A node that counts.
  void count(const std::string& zone, bool ready);

  zone_state state_of(const std::string& zone,
                      const eviction_rates& rates) const;

  /// No node of any zone is ready.
  bool all_disrupted() const;

  /// Between two nodes of the zone that are given up; none: no node is.
  std::optional<duration> period_of(const std::string& zone,
                                    const eviction_rates& rates) const;

private:
  struct zone {
    std::size_t ready = 0;
    std::size_t out = 0;
  };

  zone of(const std::string& name) const;

  std::map<std::string, zone> zones_;
};

/// Region and zone, from a Node's labels; "" when it has neither.
std::string zone_of(const codec::document& node);

/// A label keeps the node out of the count.
bool counts_in_zone(const codec::document& node);

} // namespace troupe::controllers::node_lifecycle
