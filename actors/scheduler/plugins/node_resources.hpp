#pragma once

#include "actors/scheduler/framework.hpp"

#include <vector>

/// NodePorts, NodeResourcesFit, NodeResourcesBalancedAllocation and
/// ImageLocality: what a pod takes up and what a node has.
namespace troupe::scheduler {

namespace node_ports {
inline constexpr std::string_view reason =
    "node(s) didn't have free ports for the requested pod ports";
bool passes(const pod_class& pod, const std::vector<host_port>& in_use);
bool worth_another_try(const changed_pod& pod, const cluster_change& change);
} // namespace node_ports

namespace node_resources_fit {

/// What is short, as a set: four fixed ones, then one for each scalar the pod
/// asks for.
class shortage {
public:
  enum : unsigned { pods, cpu, memory, ephemeral_storage, scalars };

  void insert(unsigned what);
  bool empty() const { return bits_ == 0; }

  /// "Insufficient cpu", ...
  std::vector<std::string> texts(const pod_class& pod) const;

  friend bool operator==(const shortage&, const shortage&) = default;

private:
  std::uint64_t bits_ = 0;
};

struct fit {
  shortage missing;
  /// The node is too small even when it is empty.
  bool unresolvable = false;

  friend bool operator==(const fit&, const fit&) = default;
};

/// `requested` and `pods` are what the node's pods take already.
fit check(const pod_class& pod, const node_info& node, const amounts& requested,
          std::size_t pods);

/// LeastAllocated: the larger the free part of cpu and memory, the better.
std::int64_t least_allocated(const pod_class& pod, const node_info& node,
                             const amounts& guessed);

bool worth_another_try(const changed_pod& pod, const cluster_change& change);

} // namespace node_resources_fit

/// The closer the used parts of cpu and memory are to each other, the better.
/// 0 for a pod that asks for neither.
std::int64_t balanced_allocation(const pod_class& pod, const node_info& node,
                                 const amounts& requested);

/// The more of a pod's images a node has, by size, the better; an image counts
/// by the part of all nodes that have it, so that pods do not heap up.
std::int64_t image_locality(const pod_class& pod, const node_info& node,
                            const node_table& table);

} // namespace troupe::scheduler
