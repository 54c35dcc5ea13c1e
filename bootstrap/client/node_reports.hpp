#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::client {

/// What the API knows of one node. All of it is kept over a restart of the
/// cluster, so only the times tell whose words these are.
struct node_report {
  std::string name;
  bool ready = false;               ///< its condition Ready is True
  std::optional<wall_time> beat;    ///< of that condition; whole seconds
  std::string reason;               ///< the message of that condition
  std::optional<wall_time> renewed; ///< its Lease
};

/// Reads the answers to `GET nodes` and `GET leases` of kube-node-lease.
/// `unavailable` when one of them is no list; what an item lacks is absent.
result<std::vector<node_report>> parse_node_reports(std::string_view nodes,
                                                    std::string_view leases);

/// Why node `name` is not ready by the words of an agent that runs since
/// `since`; empty: it is. The words of an earlier agent do not count.
std::string find_node_problem(const std::vector<node_report>& reports,
                              const std::string& name, wall_time since);

} // namespace troupe::client
