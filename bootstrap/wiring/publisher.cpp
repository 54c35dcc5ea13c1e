#include "bootstrap/wiring/publisher.hpp"

#include "bootstrap/cluster/cluster_file.hpp"
#include "bootstrap/cluster/layout.hpp"
#include "bootstrap/nodes/nodes.hpp"
#include "bootstrap/publish/forwarder.hpp"
#include "bootstrap/wiring/process_end.hpp"
#include "runtime/base/log.hpp"

namespace troupe::wiring {

namespace {

constexpr const char* component = "publisher";

int fail(const error& why) {
  log_error(component, why.message);
  return 1;
}

/// Every node answers on a node port.
result<std::vector<publish::endpoint>>
targets_of(const cluster::published_port& port,
           const cluster::cluster_record& about, const cluster::layout& files) {
  std::vector<publish::endpoint> out;
  for (const auto& node : cluster::node_names(about)) {
    auto address = nodes::member_address(about, files, node);
    if (!address)
      return address.error();
    out.push_back({*address, port.node_port});
  }
  return out;
}

} // namespace

int run_publisher(const publisher_options& options) {
  open_log(log_level::info, options.log_file);
  const int signals = hold_signals();
  const cluster::layout files{options.cluster_directory};
  const auto about = cluster::load_cluster(files.cluster_file());
  if (!about)
    return fail(about.error());
  std::vector<publish::route> routes;
  int fd = options.first_fd;
  for (const auto& port : about->published) {
    auto targets = targets_of(port, *about, files);
    if (!targets)
      return fail(targets.error());
    routes.push_back({unique_fd{fd++}, std::move(*targets)});
  }
  auto running = publish::forwarder::start(std::move(routes));
  if (!running)
    return fail(running.error());
  wait_for_end(component, signals, options.lifeline_fd);
  return 0;
}

} // namespace troupe::wiring
