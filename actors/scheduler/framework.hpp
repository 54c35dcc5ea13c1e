#pragma once

#include "actors/scheduler/node_table.hpp"
#include "actors/scheduler/pod_class.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

/// What the plugins have in common: their names, what they answer, and what
/// wakes the pods they turned away. Names, order, weights and texts are
/// kube-scheduler's (v1.35).
namespace troupe::scheduler {

/// In the order in which a node is filtered.
enum class plugin : std::uint8_t {
  node_unschedulable,
  taint_toleration,
  node_affinity,
  node_ports,
  node_resources_fit,
  pod_topology_spread,
  inter_pod_affinity,
  volume_binding,
};

inline constexpr std::array<std::string_view, 8> plugin_names{
    "NodeUnschedulable", "TaintToleration",  "NodeAffinity",
    "NodePorts",         "NodeResourcesFit", "PodTopologySpread",
    "InterPodAffinity",  "VolumeBinding"};

constexpr std::string_view name_of(plugin which) {
  return plugin_names[static_cast<std::size_t>(which)];
}

/// A set of plugins.
class plugin_set {
public:
  void insert(plugin which) { bits_ |= bit(which); }
  bool contains(plugin which) const { return (bits_ & bit(which)) != 0; }
  bool empty() const { return bits_ == 0; }

  friend bool operator==(const plugin_set&, const plugin_set&) = default;

private:
  static constexpr unsigned bit(plugin which) {
    return 1U << static_cast<unsigned>(which);
  }

  unsigned bits_ = 0;
};

/// Every score is brought into [0, score_max] before it is weighted.
inline constexpr std::int64_t score_max = 100;

struct score_weights {
  std::int64_t taint_toleration = 3;
  std::int64_t node_affinity = 2;
  std::int64_t node_resources_fit = 1;
  std::int64_t pod_topology_spread = 2;
  std::int64_t inter_pod_affinity = 2;
  std::int64_t balanced_allocation = 1;
  std::int64_t image_locality = 1;
};

/// Labels of the namespaces, by name.
using namespace_labels = std::map<std::string, label_set, std::less<>>;

/// None for a namespace that is not known.
const label_set& labels_in(const namespace_labels& all, std::string_view ns);

/// A pod as a change tells of it.
struct changed_pod {
  std::string uid;
  bool assigned = false;
  pod_class_ptr what;
};

/// Something happened that may let a pod be placed that could not be. Of a
/// pair, `before` is null for what is new and `now` for what is gone; both
/// pairs are null for no more than one of node and pod.
struct cluster_change {
  const node_info* node_before = nullptr;
  const node_info* node_now = nullptr;
  const changed_pod* pod_before = nullptr;
  const changed_pod* pod_now = nullptr;

  bool node_added() const { return node_before == nullptr && node_now; }
  bool node_changed() const { return node_before && node_now; }
  bool about_node() const { return node_before || node_now; }
  bool pod_added() const { return pod_before == nullptr && pod_now; }
  bool pod_gone() const { return pod_before && pod_now == nullptr; }
};

/// Whether `change` may make `which` think better of the pod it turned away.
bool worth_another_try(plugin which, const changed_pod& pod,
                       const cluster_change& change,
                       const namespace_labels& namespaces);

} // namespace troupe::scheduler
