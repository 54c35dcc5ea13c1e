#include "messages/base/check.hpp"
#include "node/pod/planner.hpp"

#include <chrono>

namespace troupe::pod {

namespace {

/// Each pass moves some part of the pod one state on; no part has this many.
constexpr int passes_max = 64;
/// Who is evicted has this long, whatever it asked for.
constexpr duration eviction_grace = std::chrono::seconds{1};

} // namespace

pod_actions compute_pod_actions(const view::core_v1::pod& pod,
                                const observed_pod& observed, wall_time now,
                                const pod_config& config) {
  auto state = observed;
  std::vector<pod_action> all;
  for (int pass = 0;; ++pass) {
    TROUPE_CHECK(pass < passes_max, "a plan reaches an end");
    auto step = planner{pod, state, now, config}.plan();
    if (step.actions.empty()) {
      step.actions = std::move(all);
      return step;
    }
    for (auto& action : step.actions) {
      begin(state, pod, action, now, config);
      all.push_back(std::move(action));
    }
  }
}

pod_actions planner::plan() {
  fail_late();
  if (!out_.actions.empty() || begin_end())
    return std::move(out_);
  if (seen_.ending_since)
    end();
  else
    run();
  return std::move(out_);
}

/// activeDeadlineSeconds counts from the moment the node took the pod.
void planner::fail_late() {
  const auto spec = pod_.spec();
  if (!spec.has_active_deadline_seconds() || !seen_.start_time
      || !seen_.failed_reason.empty() || seen_.ending_since)
    return;
  const auto allowed = std::chrono::seconds{
      std::clamp<std::int64_t>(spec.active_deadline_seconds(), 0, INT32_MAX)};
  if (now_ < *seen_.start_time)
    look_at(*seen_.start_time + allowed);
  else if (is_past(seen_.start_time, allowed))
    add(fail_pod{"DeadlineExceeded",
                 "Pod was active on the node longer than the specified "
                 "deadline",
                 "its activeDeadlineSeconds are over"});
}

/// Notes that the pod ends, or that a later wish leaves it less time.
bool planner::begin_end() {
  const auto grace =
      seen_.failed_reason == evicted ? eviction_grace : ending_grace(pod_);
  if (seen_.ending_since) {
    if (grace >= seen_.ending_grace)
      return false;
    add(end_pod{grace, "its grace became shorter"});
    return true;
  }
  auto reason = why_end();
  if (reason.empty())
    return false;
  add(end_pod{grace, std::move(reason)});
  return true;
}

std::string planner::why_end() const {
  if (seen_.vanished)
    return "its object is gone";
  if (is_deleted(pod_))
    return "it is being deleted";
  if (!seen_.failed_reason.empty())
    return "the node failed it";
  if (is_terminal(pod_.status().phase()))
    return "its phase is final";
  if (init_failed())
    return "an init container failed";
  if (is_complete())
    return "its containers are done";
  return {};
}

bool planner::init_failed() const {
  const auto failed = [&](const container_entry& each) {
    const auto& container = seen(each);
    return each.role == container_role::init && is_current(container)
           && stays_down(each) && container.exit->code != 0;
  };
  return std::any_of(containers_.begin(), containers_.end(), failed);
}

/// Every regular container has run and stays down.
bool planner::is_complete() const {
  const auto is_done = [&](const container_entry& each) {
    return each.role != container_role::regular || stays_down(each);
  };
  return std::all_of(containers_.begin(), containers_.end(), is_done);
}

bool planner::stays_down(const container_entry& entry) const {
  return troupe::pod::stays_down(pod_, entry, seen(entry));
}

void planner::run() {
  if (seen_.sandbox.phase == sandbox_phase::dead) {
    sandbox_gone("it died and is made again");
    return;
  }
  if (!volumes_ready() || !sandbox_ready())
    return;
  replace_running();
  for (auto& each : containers_)
    run_post_start(each);
  start_ephemeral();
  if (initialize())
    start_regular();
}

bool planner::volumes_ready() {
  const auto& volumes = seen_.volumes;
  switch (volumes.phase) {
    case volumes_phase::ready:
      return true;
    case volumes_phase::mounting:
    case volumes_phase::unmounting:
      return false;
    case volumes_phase::absent:
      add(mount_volumes{"its containers need them"});
      return false;
    case volumes_phase::failed:
      if (is_past(volumes.failed_at, volumes.tries.wait))
        add(mount_volumes{volumes.failed_at ? "the last try failed"
                                            : "nobody knows whether they are"});
      return false;
  }
  return false;
}

bool planner::sandbox_ready() {
  const auto& sandbox = seen_.sandbox;
  if (sandbox.phase == sandbox_phase::ready)
    return true;
  if (sandbox.phase == sandbox_phase::absent
      && is_past(sandbox.failed_at, config_.retry))
    add(create_sandbox{sandbox.attempt, sandbox.failed_at
                                            ? "the last try failed"
                                            : "it has none"});
  return false;
}

} // namespace troupe::pod
