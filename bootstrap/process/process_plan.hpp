#pragma once

#include "bootstrap/cluster/cluster_file.hpp"
#include "bootstrap/cluster/layout.hpp"
#include "bootstrap/process/keeper.hpp"

#include <string>
#include <vector>

namespace troupe::process {

/// Descriptors the processes inherit.
struct shared_descriptors {
  int listen = -1;   ///< the API's socket
  int lifeline = -1; ///< read end; closes when the supervisor ends
  /// Sockets of the published ports, in their order.
  std::vector<int> published = {};
};

/// The program that carries the bus.
inline constexpr const char* bus_program = "nats-server";

/// Where `name` is: in a directory of $PATH or of the system's programs; empty
/// when it is in none.
std::string find_program(const std::string& name);

/// What runs for a cluster, in the order of starting; they end in the opposite
/// order. A cluster without a lab is its server alone.
std::vector<kept_process> plan_processes(const cluster::cluster_record& about,
                                         const cluster::layout& files,
                                         const shared_descriptors& with);

} // namespace troupe::process
