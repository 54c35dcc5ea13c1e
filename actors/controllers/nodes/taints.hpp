#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::controllers::nodes {

namespace taint_key {
inline constexpr std::string_view not_ready = "node.kubernetes.io/not-ready";
inline constexpr std::string_view unreachable =
    "node.kubernetes.io/unreachable";
inline constexpr std::string_view unschedulable =
    "node.kubernetes.io/unschedulable";
inline constexpr std::string_view memory_pressure =
    "node.kubernetes.io/memory-pressure";
inline constexpr std::string_view disk_pressure =
    "node.kubernetes.io/disk-pressure";
inline constexpr std::string_view pid_pressure =
    "node.kubernetes.io/pid-pressure";
inline constexpr std::string_view network_unavailable =
    "node.kubernetes.io/network-unavailable";
inline constexpr std::string_view out_of_service =
    "node.kubernetes.io/out-of-service";
} // namespace taint_key

inline constexpr std::string_view no_schedule = "NoSchedule";
inline constexpr std::string_view no_execute = "NoExecute";

struct taint {
  std::string key;
  std::string value;
  std::string effect;
  std::string time_added; ///< as the Node has it; empty: not said

  /// "key=value:NoExecute".
  std::string text() const { return key + "=" + value + ":" + effect; }
};

std::vector<taint> taints_of(const codec::document& node);

bool has_taint(const std::vector<taint>& all, std::string_view key,
               std::string_view effect);

/// Takes out the taints of `gone` (key and effect) and appends those of
/// `added`, as added now.
void change_taints(codec::document& node, const std::vector<taint>& gone,
                   const std::vector<taint>& added, wall_time now);

/// How long a pod bears a NoExecute taint.
struct patience {
  bool forever = false;
  duration time{}; ///< 0: not at all
};

/// As the first of the pod's tolerations says that tolerates the taint.
patience patience_of(const codec::document& pod, const taint& with);

} // namespace troupe::controllers::nodes
