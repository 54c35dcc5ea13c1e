#pragma once

#include "actors/scheduler/framework.hpp"

/// NodeUnschedulable, TaintToleration and NodeAffinity: what a node says of
/// itself against what a pod says of nodes.
namespace troupe::scheduler {

namespace node_unschedulable {
inline constexpr std::string_view reason = "node(s) were unschedulable";
bool passes(const pod_class& pod, const node_info& node);
bool worth_another_try(const changed_pod& pod, const cluster_change& change);
} // namespace node_unschedulable

namespace taint_toleration {
inline constexpr std::string_view reason = "node(s) had untolerated taint(s)";
bool passes(const pod_class& pod, const node_info& node);
/// Taints that the pod would rather avoid; the fewer the better.
std::int64_t intolerable(const pod_class& pod, const node_info& node);
bool worth_another_try(const changed_pod& pod, const cluster_change& change);
} // namespace taint_toleration

namespace node_affinity {
inline constexpr std::string_view reason =
    "node(s) didn't match Pod's node affinity/selector";
inline constexpr std::string_view conflict = "pod affinity terms conflict";
/// Of nodes that none of the required terms names.
inline constexpr std::string_view not_named =
    "node(s) didn't satisfy plugin(s) [NodeAffinity]";
bool passes(const pod_class& pod, const node_info& node);
/// Sum of the weights of the preferred terms that match.
std::int64_t preference(const pod_class& pod, const node_info& node);
bool worth_another_try(const changed_pod& pod, const cluster_change& change);
} // namespace node_affinity

} // namespace troupe::scheduler
