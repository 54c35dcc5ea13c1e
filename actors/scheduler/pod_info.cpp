#include "actors/scheduler/pod_info.hpp"

namespace troupe::scheduler {

pod_info read_pod(const control::object_key& key, const codec::document& doc,
                  store::revision at, class_table& classes) {
  const view::core_v1::pod pod{doc};
  const auto spec = pod.spec();
  const auto phase = pod.status().phase();
  pod_info out;
  out.uid = pod.metadata().uid();
  out.assigned = !spec.node_name().empty();
  out.what = classes.class_of(doc);
  out.key = key;
  out.name = pod.metadata().name();
  out.node = spec.node_name();
  out.priority = spec.priority();
  out.generation = pod.metadata().generation();
  out.at = at;
  out.ours = spec.scheduler_name() == scheduler_name;
  out.finished = phase == "Succeeded" || phase == "Failed";
  out.deleting = pod.metadata().has_deletion_timestamp();
  out.gated = !spec.scheduling_gates().empty();
  out.never_preempts = spec.preemption_policy() == "Never";
  return out;
}

} // namespace troupe::scheduler
