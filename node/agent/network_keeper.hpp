#pragma once

#include "node/agent/network_core.hpp"
#include "node/agent/services.hpp"
#include "node/network/service_table.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe::agent {

/// Carries out what the node's network is to be, in the agent's own network
/// namespace. One job at a time; blocks some ms. Quick, but not pure.
class network_keeper {
public:
  /// `config` outlives it.
  explicit network_keeper(const node_config& config) : config_(config) {}

  /// Does all of the job that can be done. Returns what is wrong; empty: it is
  /// as the job says.
  std::string carry_out(const network_job& job);

private:
  status_result keep_services(const network_job& job);
  status_result keep_routes(const network_job& job) const;

  const node_config& config_;
  std::optional<network::service_table> table_;
  std::vector<ip_prefix> opened_; ///< with these ranges of pods
};

} // namespace troupe::agent
