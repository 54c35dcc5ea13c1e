#pragma once

#include "messages/base/ip.hpp"
#include "messages/base/time_point.hpp"
#include "node/agent/api_client.hpp"
#include "node/agent/image_collector.hpp"
#include "node/agent/node_paths.hpp"
#include "node/agent/service_list.hpp"
#include "node/agent/token_table.hpp"
#include "node/cgroup/cgroup_manager.hpp"
#include "node/dns/name_table.hpp"
#include "node/image/image_service.hpp"
#include "node/network/pod_network.hpp"
#include "node/pod/config.hpp"
#include "node/pod/sandbox_files.hpp"
#include "node/sandbox/sandbox.hpp"
#include "runtime/base/guarded.hpp"
#include "runtime/base/work_pool.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::actors {
class live_tree;
} // namespace troupe::actors

namespace troupe::agent {

/// What a node is and has; fixed while its agent runs.
struct node_config {
  std::string name;
  std::vector<std::string> addresses; ///< the primary one first
  node_paths paths{""};
  /// What it offers to pods: 1/N of the machine's when it is one of N.
  std::int64_t milli_cpu = 0;
  std::int64_t memory = 0;            ///< octets
  std::int64_t ephemeral_storage = 0; ///< octets
  std::int64_t pods_max = 110;
  /// Its Lease's duration, a quarter of which is how often it is renewed.
  std::int64_t lease_seconds = 40;
  std::string cluster_domain = "cluster.local";
  /// Ranges that never leave the cluster: of all pods, and of services.
  std::vector<ip_prefix> pod_ranges;
  std::vector<ip_prefix> service_ranges;
  pod::pod_config pods;
  pod::dns_settings dns;
  /// How often mounted volumes are compared with what they show.
  duration volume_refresh = std::chrono::seconds{60};
  /// How often what limited pods have written is counted; kubelet's.
  duration storage_count = std::chrono::seconds{10};
  std::string hosts_file; ///< text of the node's own /etc/hosts
  /// Where the images are, and when they go.
  std::string image_directory;
  image_collection_config image_collection;
};

/// Everything the agent's actors share. What the pointers name outlives them.
struct node_services {
  node_config config;
  messenger* bus = nullptr;
  api_client* api = nullptr;
  sandbox::sandbox_host* sandboxes = nullptr;
  image::image_service* images = nullptr;
  cgroup::cgroup_manager* groups = nullptr;
  work_pool* pool = nullptr;
  /// For walks over what pods have written: few at a time, they are long.
  work_pool* counters = nullptr;
  /// For hooks alone: they may take as long as a pod's grace.
  work_pool* hooks = nullptr;
  /// For routes and rules: one at a time, in order, whichever incarnation of
  /// the network's actor wants them.
  work_pool* network_jobs = nullptr;
  /// Service accounts' tokens that pods of the node show.
  guarded<token_table> tokens;
  /// Of the node's network namespace; opened once the node has a podCIDR.
  guarded<std::shared_ptr<network::pod_network>> network;
  service_list cluster_services;
  /// Where the supervisor of the pods enters them; null: nowhere.
  actors::live_tree* tree = nullptr;
  /// What the node's DNS answers; null until the cluster was heard.
  guarded<std::shared_ptr<const dns::name_table>> names;
};

/// Where all shims of the node are counted: outside kubepods, for they must
/// not die of a pod's limits.
inline constexpr const char* shims_group = "shims";
inline constexpr const char* pods_group = "kubepods";

} // namespace troupe::agent
