#pragma once

#include "actors/scheduler/pod_info.hpp"
#include "messages/api/request.hpp"

#include <optional>
#include <string>

/// What the scheduler asks of the API.
namespace troupe::scheduler {

/// Who it is.
inline constexpr std::string_view scheduler_user = "system:kube-scheduler";

api::request scheduler_request(api::verb verb, api::target target,
                               codec::document body);

/// Ties the pod to the node, if it is still this pod and has none yet.
api::request bind_request(const pod_info& pod, const std::string& node);

/// Why a pod has no node.
struct failure {
  std::string reason; ///< "Unschedulable", "SchedulerError"
  std::string message;

  friend bool operator==(const failure&, const failure&) = default;
};

/// Writes the condition PodScheduled=False into the status of this version of
/// the pod; none when the pod says so already.
std::optional<api::request> status_request(const codec::document& pod,
                                           const failure& why, wall_time now);

} // namespace troupe::scheduler
