#pragma once

#include "node/pod/container_status.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The conditions of a pod that its node keeps; nobody outside this folder
/// includes it.
namespace troupe::pod {

struct pod_condition {
  std::string_view type;
  bool holds = false;
  std::string reason;
  std::string message;
};

/// PodReadyToStartContainers, Initialized, Ready, ContainersReady and
/// PodScheduled, in this order. Ready looks at the readiness gates in the
/// pod's status.
std::vector<pod_condition>
make_conditions(const view::core_v1::pod& pod, const observed_pod& observed,
                const std::vector<container_report>& reports,
                std::string_view phase);

} // namespace troupe::pod
