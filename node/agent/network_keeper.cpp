#include "node/agent/network_keeper.hpp"

namespace troupe::agent {

std::string network_keeper::carry_out(const network_job& job) {
  std::string out;
  for (const auto& done : {keep_routes(job), keep_services(job)})
    if (!done)
      out += (out.empty() ? "" : "; ") + done.error().message;
  return out;
}

status_result network_keeper::keep_routes(const network_job& job) const {
  auto net = sys::netlink::open();
  if (!net)
    return net.error();
  return network::keep_node_routes(*net,
                                   network::find_ways(config_.name, job.nodes));
}

status_result network_keeper::keep_services(const network_job& job) {
  if (!table_ || opened_ != job.pod_cidrs) {
    network::service_table_config config;
    config.rules.bridge = network::bridge_name;
    config.rules.pod_cidrs = job.pod_cidrs;
    config.rules.pod_ranges = config_.pod_ranges;
    config.rules.service_ranges = config_.service_ranges;
    for (const auto& each : config_.addresses)
      if (auto address = ip_address::parse(each))
        config.node_addresses.push_back(*address);
    auto table = network::service_table::open(std::move(config));
    if (!table)
      return table.error();
    table_ = std::move(*table);
    opened_ = job.pod_cidrs;
  }
  return job.services ? table_->set(*job.services) : unit{};
}

} // namespace troupe::agent
