#include "actors/scheduler/framework.hpp"

#include "actors/scheduler/plugins/inter_pod_affinity.hpp"
#include "actors/scheduler/plugins/node_resources.hpp"
#include "actors/scheduler/plugins/node_rules.hpp"
#include "actors/scheduler/plugins/topology_spread.hpp"

namespace troupe::scheduler {

const label_set& labels_in(const namespace_labels& all, std::string_view ns) {
  static const label_set none;
  const auto at = all.find(ns);
  return at == all.end() ? none : at->second;
}

bool worth_another_try(plugin which, const changed_pod& pod,
                       const cluster_change& change,
                       const namespace_labels& namespaces) {
  switch (which) {
    case plugin::node_unschedulable:
      return node_unschedulable::worth_another_try(pod, change);
    case plugin::taint_toleration:
      return taint_toleration::worth_another_try(pod, change);
    case plugin::node_affinity:
      return node_affinity::worth_another_try(pod, change);
    case plugin::node_ports:
      return node_ports::worth_another_try(pod, change);
    case plugin::node_resources_fit:
      return node_resources_fit::worth_another_try(pod, change);
    case plugin::pod_topology_spread:
      return topology_spread::worth_another_try(pod, change);
    case plugin::inter_pod_affinity:
      return inter_pod_affinity::worth_another_try(pod, change, namespaces);
    case plugin::volume_binding:
      break; // Nothing makes a claim as yet.
  }
  return false;
}

} // namespace troupe::scheduler
