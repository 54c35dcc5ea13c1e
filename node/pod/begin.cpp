#include "messages/base/check.hpp"
#include "messages/base/overload.hpp"
#include "node/pod/actions.hpp"
#include "node/pod/spec.hpp"

#include <algorithm>

namespace troupe::pod {

namespace {

using events = std::vector<pod_event>;

/// An action's effect on what is observed.
class beginning {
public:
  beginning(observed_pod& observed, const view::core_v1::pod& pod,
            wall_time now, const pod_config& config)
      : observed_(observed), pod_(pod), now_(now), config_(config) {
    // nop
  }

  events operator()(const mount_volumes&) {
    auto& volumes = observed_.volumes;
    // Counted per series of failures, which `since` begins anew.
    volumes.tries.attempt(now_, now_, volume_limits(config_));
    volumes.phase = volumes_phase::mounting;
    return {};
  }

  events operator()(const create_sandbox&) {
    observed_.sandbox.phase = sandbox_phase::starting;
    return {};
  }

  events operator()(const ensure_image& action) {
    auto& image = at(action.container).next_image;
    if (image.reference != action.reference)
      image = {};
    image.phase = image_phase::pulling;
    image.reference = action.reference;
    return {};
  }

  events operator()(const start_container& action) {
    auto& container = at(action.container);
    if (container.exit)
      container.restarts.attempt(container.exit->finished, now_,
                                 restart_limits(config_));
    container.phase = container_phase::creating;
    return {};
  }

  events operator()(const run_hook& action) {
    auto& container = at(action.container);
    if (action.which == hook::post_start)
      container.post_start = hook_phase::running;
    else if (container.stop)
      container.stop->stage = stop_stage::pre_stop;
    return {};
  }

  events operator()(const signal_container& action) {
    auto& container = at(action.container);
    TROUPE_CHECK(container.stop, "only a container on its way down is ended");
    container.stop->stage =
        action.signal.empty() ? stop_stage::asked : stop_stage::killed;
    container.stop->signalled = now_;
    return {};
  }

  events operator()(const stop_sandbox&) {
    const auto was_dead = observed_.sandbox.phase == sandbox_phase::dead;
    observed_.sandbox.phase = sandbox_phase::stopping;
    if (!was_dead || observed_.ending_since)
      return {};
    return {{false,
             "SandboxChanged",
             "Pod sandbox changed, it will be killed and re-created.",
             {}}};
  }

  events operator()(const unmount_volumes&) {
    observed_.volumes.phase = volumes_phase::unmounting;
    return {};
  }

  events operator()(const remove_pod&) {
    observed_.removal = removal_phase::removing;
    return {};
  }

  events operator()(const delete_object&) {
    observed_.removal = removal_phase::deleting;
    return {};
  }

  events operator()(const hold_back& action) {
    auto& container = at(action.container);
    const auto entry = container_of(pod_, action.container);
    const auto path = entry ? field_path(*entry) : std::string{};
    if (!action.pull) {
      container.held = true;
      return {{true, "BackOff",
               "Back-off restarting failed container " + action.container
                   + " in pod " + label(pod_),
               path}};
    }
    container.next_image.held = true;
    return {{false, "BackOff",
             "Back-off pulling image " + (entry ? quoted_image(*entry) : ""),
             path},
            {true, "Failed", "Error: ImagePullBackOff", path}};
  }

  events operator()(const fail_pod& action) {
    observed_.failed_reason = action.failure;
    observed_.failed_message = action.message;
    return {{false, action.failure, action.message, {}}};
  }

  events operator()(const end_pod& action) {
    if (!observed_.ending_since)
      observed_.ending_since = now_;
    observed_.ending_grace = action.grace;
    return {};
  }

  events operator()(const stop_container& action) {
    auto& container = at(action.container);
    container.stop = container_stop{stop_stage::begun, now_, {}, action.grace};
    container.comes_back = action.comes_back;
    const auto entry = container_of(pod_, action.container);
    return {{false, "Killing",
             action.message.empty() ? "Stopping container " + action.container
                                    : action.message,
             entry ? field_path(*entry) : std::string{}}};
  }

private:
  observed_container& at(const std::string& name) {
    return observed_.containers[name];
  }

  observed_pod& observed_;
  const view::core_v1::pod& pod_;
  wall_time now_;
  const pod_config& config_;
};

} // namespace

std::vector<pod_event> begin(observed_pod& observed,
                             const view::core_v1::pod& pod,
                             const pod_action& action, wall_time now,
                             const pod_config& config) {
  return std::visit(beginning{observed, pod, now, config}, action);
}

} // namespace troupe::pod
