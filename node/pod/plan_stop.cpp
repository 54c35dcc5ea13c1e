#include "node/pod/planner.hpp"

#include <chrono>

namespace troupe::pod {

namespace {

/// What a failed probe leaves the container.
duration probe_grace(const view::core_v1::pod& pod,
                     const view::core_v1::probe& probe) {
  if (!probe.has_termination_grace_period_seconds())
    return termination_grace(pod);
  return std::chrono::seconds{std::clamp<std::int64_t>(
      probe.termination_grace_period_seconds(), 1, INT32_MAX)};
}

} // namespace

/// Containers that run but must make room for a new incarnation.
void planner::replace_running() {
  for (auto& each : containers_) {
    const auto& container = seen(each);
    if (container.phase != container_phase::running)
      continue;
    if (container.stop)
      take_down(each, true);
    else
      replace(each);
  }
}

void planner::replace(const container_entry& entry) {
  const auto& container = seen(entry);
  const auto name = entry.name();
  // What failed is ended in any case, but need not come back.
  const auto comes_back = pod_.spec().restart_policy() != "Never";
  const auto fate = comes_back ? ", will be restarted" : "";
  const auto stop = [&](duration grace, bool back, std::string message,
                        const char* reason) {
    add(stop_container{name, grace, back, std::move(message), reason});
  };
  if (container.image != entry.spec.image())
    stop(termination_grace(pod_), true,
         "Container " + name + " definition changed, will be restarted",
         "its image changed");
  else if (container.post_start == hook_phase::failed)
    stop(termination_grace(pod_), false, "FailedPostStartHook",
         "its postStart hook failed");
  else if (container.startup == probe_verdict::failure)
    stop(probe_grace(pod_, entry.spec.startup_probe()), comes_back,
         "Container " + name + " failed startup probe" + fate,
         "its startup probe failed");
  else if (container.liveness == probe_verdict::failure)
    stop(probe_grace(pod_, entry.spec.liveness_probe()), comes_back,
         "Container " + name + " failed liveness probe" + fate,
         "its liveness probe failed");
}

/// One step at a time: containers, sandbox, volumes, and, if the object goes,
/// whatever is left.
void planner::end() {
  if (end_containers() && sandbox_gone("the pod has ended") && volumes_gone()
      && (seen_.vanished || is_deleted(pod_)))
    remove();
}

bool planner::end_containers() {
  for (auto& each : containers_)
    end(each);
  for (auto& each : ephemeral_)
    end(each);
  return has_ended(seen_);
}

void planner::end(const container_entry& entry) {
  const auto& container = seen(entry);
  if (container.phase != container_phase::running)
    return;
  if (container.stop)
    take_down(entry, is_its_turn(entry));
  else
    add(stop_container{
        entry.name(), seen_.ending_grace, false, {}, "the pod ends"});
}

/// Sidecars go after everything they may serve: last started, first ended.
bool planner::is_its_turn(const container_entry& entry) const {
  if (entry.role != container_role::sidecar)
    return true;
  auto is_behind = false;
  for (auto& each : containers_) {
    const auto phase = seen(each).phase;
    const auto is_up =
        phase == container_phase::running || phase == container_phase::creating;
    if (is_up && (is_behind || each.role == container_role::regular))
      return false;
    if (each.spec.name() == entry.spec.name())
      is_behind = true;
  }
  return true;
}

/// When grace is over, hook and turn included.
wall_time planner::stop_deadline(const observed_container& container) const {
  const auto own = container.stop->since + container.stop->grace;
  if (!seen_.ending_since)
    return own;
  return std::min(own, *seen_.ending_since + seen_.ending_grace);
}

void planner::take_down(const container_entry& entry, bool its_turn) {
  const auto& container = seen(entry);
  const auto deadline = stop_deadline(container);
  const auto patience =
      std::max(deadline, container.stop->signalled + config_.stop_min);
  switch (container.stop->stage) {
    case stop_stage::begun:
      if (entry.spec.lifecycle().has_pre_stop() && now_ < deadline)
        add(run_hook{entry.name(), container.id, hook::pre_stop,
                     deadline - now_, "the container ends"});
      else
        ask(entry, its_turn, deadline);
      break;
    case stop_stage::pre_stop:
      ask(entry, false, deadline);
      break;
    case stop_stage::waiting:
      // An agent before this one may have asked already.
      if (container.stop->signalled != wall_time{} && now_ >= patience)
        kill(entry, patience);
      else
        ask(entry, its_turn, deadline);
      break;
    case stop_stage::asked:
      kill(entry, patience);
      break;
    case stop_stage::killed:
      // Should that have failed: nothing else would ever end it.
      if (is_past(container.stop->signalled, config_.retry))
        add(signal_container{entry.name(), container.id, "SIGKILL",
                             "it outlived SIGKILL"});
      break;
  }
}

/// Hook and turn are waited for as long as there is grace.
void planner::ask(const container_entry& entry, bool may_end,
                  wall_time deadline) {
  if (may_end || now_ >= deadline)
    add(signal_container{entry.name(),
                         seen(entry).id,
                         {},
                         may_end ? "it is to end" : "its grace is over"});
  else
    look_at(deadline);
}

void planner::kill(const container_entry& entry, wall_time deadline) {
  if (now_ < deadline)
    look_at(deadline);
  else
    add(signal_container{entry.name(), seen(entry).id, "SIGKILL",
                         "it outlived its grace"});
}

bool planner::sandbox_gone(const std::string& reason) {
  const auto& sandbox = seen_.sandbox;
  switch (sandbox.phase) {
    case sandbox_phase::absent:
      return true;
    case sandbox_phase::starting:
    case sandbox_phase::stopping:
      return false;
    case sandbox_phase::ready:
    case sandbox_phase::dead:
      if (is_past(sandbox.failed_at, config_.retry))
        add(stop_sandbox{sandbox.id, reason});
      return false;
  }
  return false;
}

bool planner::volumes_gone() {
  const auto& volumes = seen_.volumes;
  switch (volumes.phase) {
    case volumes_phase::absent:
      return true;
    case volumes_phase::mounting:
    case volumes_phase::unmounting:
      return false;
    case volumes_phase::failed:
      add(unmount_volumes{"the pod has ended"});
      return false;
    case volumes_phase::ready:
      if (is_past(volumes.failed_at, config_.retry))
        add(unmount_volumes{"the pod has ended"});
      return false;
  }
  return false;
}

void planner::remove() {
  switch (seen_.removal) {
    case removal_phase::none:
      if (is_past(seen_.removal_failed_at, config_.retry))
        add(remove_pod{"its object goes"});
      break;
    case removal_phase::removing:
    case removal_phase::deleting:
      break;
    case removal_phase::removed:
      if (seen_.vanished || seen_.object_deleted)
        out_.finished = true;
      else if (seen_.final_status_stored
               && is_past(seen_.removal_failed_at, config_.retry))
        add(delete_object{"nothing of it is left here"});
      break;
  }
}

} // namespace troupe::pod
