#include "node/pod/planner.hpp"

namespace troupe::pod {

namespace {

/// Reasons for which a pull is tried again without a growing wait.
bool is_refusal(std::string_view reason) {
  return reason == "ErrImageNeverPull" || reason == "InvalidImageName";
}

} // namespace

/// Runs init containers one after the other and keeps sidecars up. True when
/// regular containers may start.
bool planner::initialize() {
  const auto is_regular_started = [&](const container_entry& each) {
    return each.role == container_role::regular && is_current(seen(each))
           && !seen(each).sandbox_id.empty();
  };
  const auto was_initialized =
      std::any_of(containers_.begin(), containers_.end(), is_regular_started);
  // The last one that this sandbox has seen: those before it are past.
  std::size_t reached = 0;
  for (std::size_t i = 0; i < containers_.size(); ++i)
    if (containers_[i].role != container_role::regular
        && is_current(seen(containers_[i])))
      reached = i;
  auto done = true;
  for (std::size_t i = 0; done && i < containers_.size(); ++i)
    if (containers_[i].role != container_role::regular)
      done = settle_init(containers_[i], was_initialized || i < reached);
  return done;
}

/// One step of initialization; whether the next one may come. What is past
/// holds nobody up: a sidecar that ended is only started again.
bool planner::settle_init(const container_entry& entry, bool is_past) {
  const auto& container = seen(entry);
  if (entry.role == container_role::sidecar) {
    if (container.phase != container_phase::running || !is_current(container))
      start(entry, true);
    return is_past || has_started(entry, container);
  }
  if (is_past)
    return true;
  if (is_current(container) && container.phase == container_phase::running)
    return false;
  if (is_current(container) && container.phase == container_phase::exited
      && container.exit->code == 0)
    return true;
  start(entry, true);
  return false;
}

/// In the pod's order: one whose start is under way, postStart hook included,
/// holds up those behind it; one that waits for a retry does not. Images are
/// pulled beside each other.
void planner::start_regular() {
  auto may_start = true;
  for (auto& each : containers_) {
    if (each.role != container_role::regular)
      continue;
    if (stays_down(each))
      continue;
    if (seen(each).phase == container_phase::running)
      may_start = may_start && !is_busy(each);
    else
      may_start = !start(each, may_start) && may_start;
  }
}

/// Whoever looks for what keeps a pod from starting needs them at once. One
/// that was in a sandbox of before has had its run.
void planner::start_ephemeral() {
  for (auto& each : ephemeral_) {
    const auto& container = seen(each);
    if (container.phase <= container_phase::creating
        && (!container.ever_created || is_unborn(seen_, container)))
      start(each, true);
  }
}

bool planner::is_busy(const container_entry& entry) const {
  return entry.spec.lifecycle().has_post_start()
         && seen(entry).post_start < hook_phase::done;
}

/// Takes the next step towards a running container. Whether the start is under
/// way, as opposed to waiting for a retry.
bool planner::start(const container_entry& entry, bool may_start) {
  const auto& container = seen(entry);
  if (container.phase == container_phase::creating)
    return true;
  // In this order: a failure is shown for as long as it is the latest news.
  if (container.failure && !is_past(container.failure->at, config_.retry))
    return false;
  if (waits_for_restart(entry))
    return false;
  if (!image_ready(entry))
    return container.next_image.phase != image_phase::failed;
  if (may_start)
    add(start_container{entry.name(), next_restart_count(seen_, container),
                        container.next_image.id, seen_.sandbox.id,
                        start_reason(entry)});
  return true;
}

std::string planner::start_reason(const container_entry& entry) const {
  const auto& container = seen(entry);
  if (container.failure)
    return "the last try failed";
  if (!container.exit)
    return "it never ran";
  if (!is_current(container))
    return "the sandbox is new";
  return "it exited with " + std::to_string(container.exit->code);
}

/// CrashLoopBackOff.
bool planner::waits_for_restart(const container_entry& entry) {
  const auto& container = seen(entry);
  if (!container.exit)
    return false;
  const auto finished = container.exit->finished;
  if (!container.restarts.holds(finished, now_, restart_limits(config_)))
    return false;
  look_at(finished + container.restarts.wait);
  if (!container.held)
    add(hold_back{entry.name(), false, "it keeps ending"});
  return true;
}

bool planner::image_ready(const container_entry& entry) {
  const auto& image = seen(entry).next_image;
  if (image.phase == image_phase::pulling)
    return false;
  const auto is_wanted = image.reference == entry.spec.image();
  if (image.phase == image_phase::present && is_wanted)
    return true;
  if (image.phase != image_phase::failed || !is_wanted) {
    pull(entry);
    return false;
  }
  if (is_refusal(image.reason)) {
    if (is_past(image.since, config_.retry))
      pull(entry);
    return false;
  }
  if (!image.pulls.holds(image.since, now_, restart_limits(config_))) {
    pull(entry);
    return false;
  }
  look_at(image.since + image.pulls.wait);
  if (!image.held && is_past(image.since, config_.pull_error_shown))
    add(hold_back{entry.name(), true, "its image cannot be pulled"});
  return false;
}

void planner::pull(const container_entry& entry) {
  add(ensure_image{entry.name(), std::string{entry.spec.image()},
                   std::string{entry.spec.image_pull_policy()},
                   seen(entry).next_image.phase == image_phase::failed
                       ? "the last try failed"
                       : "the container starts"});
}

void planner::run_post_start(const container_entry& entry) {
  const auto& container = seen(entry);
  if (container.phase == container_phase::running && !container.stop
      && container.post_start == hook_phase::none
      && entry.spec.lifecycle().has_post_start())
    add(run_hook{entry.name(), container.id, hook::post_start, std::nullopt,
                 "the container started"});
}

} // namespace troupe::pod
