#pragma once

#include "messages/meta/quantity.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace troupe::view::core_v1 {
class container;
class pod;
} // namespace troupe::view::core_v1

namespace troupe::pod {

using resource_list = std::map<std::string, meta::quantity, std::less<>>;

/// What the whole pod asks for: the larger of what its containers and sidecars
/// need together and what any init container needs beside the sidecars before
/// it; plus overhead. Source: Kubernetes, "Sidecar containers", "Resource
/// sharing within containers".
resource_list pod_requests(const view::core_v1::pod& pod);
resource_list pod_limits(const view::core_v1::pod& pod);

enum class qos_class : std::uint8_t { guaranteed, burstable, best_effort };

/// "Guaranteed", "Burstable", "BestEffort".
std::string_view to_string(qos_class qos);

/// The class the pod's status names, else computed from its containers.
qos_class pod_qos(const view::core_v1::pod& pod);

/// Limits for a cgroup, in the terms of cgroup v1 (v2 is derived from them).
struct cgroup_limits {
  std::int64_t cpu_shares = 2;
  std::int64_t cpu_quota_us = 0; ///< 0: none
  std::int64_t cpu_period_us = 100'000;
  std::int64_t memory_max = 0; ///< octets; 0: none

  friend bool operator==(const cgroup_limits&, const cgroup_limits&) = default;
};

cgroup_limits pod_cgroup(const view::core_v1::pod& pod);
cgroup_limits container_cgroup(const view::core_v1::container& container);

/// For /proc/<pid>/oom_score_adj: the more of the node's memory a burstable
/// container asks for, the lower.
int oom_score_adj(const view::core_v1::pod& pod,
                  const view::core_v1::container& container,
                  std::int64_t memory_capacity);

/// The pod's cgroup, relative to the node's: "kubepods/burstable/pod<uid>".
std::string pod_cgroup_path(const view::core_v1::pod& pod);

/// The same for one incarnation of a container: "<pod>/<container id>".
std::string container_cgroup_path(const view::core_v1::pod& pod,
                                  std::string_view container_id);

} // namespace troupe::pod
