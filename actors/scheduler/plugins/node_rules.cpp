#include "actors/scheduler/plugins/node_rules.hpp"

#include <algorithm>

namespace troupe::scheduler {

namespace {

const taint cordoned{"node.kubernetes.io/unschedulable", "", "NoSchedule"};

/// The pod itself has got more tolerations.
bool tolerates_more(const changed_pod& pod, const cluster_change& change) {
  return change.pod_before != nullptr && change.pod_now != nullptr
         && change.pod_now->uid == pod.uid
         && change.pod_now->what->tolerations.size()
                != change.pod_before->what->tolerations.size();
}

} // namespace

namespace node_unschedulable {

bool passes(const pod_class& pod, const node_info& node) {
  return !node.unschedulable || pod.tolerates(cordoned);
}

bool worth_another_try(const changed_pod& pod, const cluster_change& change) {
  if (tolerates_more(pod, change))
    return change.pod_now->what->tolerates(cordoned);
  return change.node_now != nullptr && !change.node_now->unschedulable
         && (change.node_before == nullptr
             || change.node_before->unschedulable);
}

} // namespace node_unschedulable

namespace taint_toleration {

bool passes(const pod_class& pod, const node_info& node) {
  return std::none_of(
      node.taints.begin(), node.taints.end(),
      [&](const taint& one) { return one.hard() && !pod.tolerates(one); });
}

std::int64_t intolerable(const pod_class& pod, const node_info& node) {
  return std::count_if(
      node.taints.begin(), node.taints.end(), [&](const taint& one) {
        return one.effect == "PreferNoSchedule" && !pod.tolerates(one);
      });
}

bool worth_another_try(const changed_pod& pod, const cluster_change& change) {
  if (tolerates_more(pod, change))
    return true;
  return change.node_now != nullptr && passes(*pod.what, *change.node_now)
         && (change.node_before == nullptr
             || !passes(*pod.what, *change.node_before));
}

} // namespace taint_toleration

namespace node_affinity {

bool passes(const pod_class& pod, const node_info& node) {
  return pod.accepts(node.name, node.labels);
}

std::int64_t preference(const pod_class& pod, const node_info& node) {
  std::int64_t out = 0;
  for (const auto& term : pod.preferred_terms)
    if (term.matches(node.name, node.labels))
      out += term.weight;
  return out;
}

bool worth_another_try(const changed_pod& pod, const cluster_change& change) {
  return change.node_now != nullptr && passes(*pod.what, *change.node_now)
         && (change.node_before == nullptr
             || !passes(*pod.what, *change.node_before));
}

} // namespace node_affinity

} // namespace troupe::scheduler
