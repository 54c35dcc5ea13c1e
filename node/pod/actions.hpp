#pragma once

#include "node/pod/config.hpp"
#include "node/pod/events.hpp"
#include "node/pod/observed.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace troupe::view::core_v1 {
class pod;
} // namespace troupe::view::core_v1

/// What a node does next for a pod. Every action carries why. The executor
/// calls `begin` for each action, in order, then carries it out; its outcome
/// comes back as a fact (facts.hpp). Until then the action is not asked for
/// again. Actions of one plan may run beside each other.
namespace troupe::pod {

/// Mount all volumes of the pod. Answer: volumes_mounted or volumes_failed.
struct mount_volumes {
  std::string reason;
  friend bool operator==(const mount_volumes&, const mount_volumes&) = default;
};

/// Make namespaces, network and cgroup. Answer: sandbox_ready, sandbox_failed.
struct create_sandbox {
  std::int32_t attempt = 0;
  std::string reason;
  friend bool operator==(const create_sandbox&,
                         const create_sandbox&) = default;
};

/// See to it that the image is in the store, as the policy (Always,
/// IfNotPresent, Never) says. Answer: image_ready or image_failed, before it
/// image_pull_begun when something is pulled.
struct ensure_image {
  std::string container;
  std::string reference;
  std::string policy;
  std::string reason;
  friend bool operator==(const ensure_image&, const ensure_image&) = default;
};

/// Create and start a new incarnation, from the image as `image_id`. Answer:
/// container_created and then container_started, or container_start_failed.
struct start_container {
  std::string container;
  std::int32_t attempt = 0; ///< the restart count it will have
  std::string image_id;
  std::string sandbox_id;
  std::string reason;
  friend bool operator==(const start_container&,
                         const start_container&) = default;
};

enum class hook : std::uint8_t { post_start, pre_stop };

/// Run a lifecycle hook, which the pod describes. Answer: hook_finished.
struct run_hook {
  std::string container;
  std::string id;
  hook which = hook::post_start;
  /// Give up after this long; absent: never by itself.
  std::optional<duration> timeout;
  std::string reason;
  friend bool operator==(const run_hook&, const run_hook&) = default;
};

/// Send a signal to the container's first process. No answer but its exit.
struct signal_container {
  std::string container;
  std::string id;
  /// "SIGKILL" (for the whole container), or "" for the stop signal: that of
  /// lifecycle.stopSignal, else of the image, else SIGTERM.
  std::string signal;
  std::string reason;
  friend bool operator==(const signal_container&,
                         const signal_container&) = default;
};

/// Take down what `create_sandbox` made; every container is down by then.
/// Answer: sandbox_stopped or cleanup_failed.
struct stop_sandbox {
  std::string id;
  std::string reason;
  friend bool operator==(const stop_sandbox&, const stop_sandbox&) = default;
};

/// Answer: volumes_unmounted or cleanup_failed.
struct unmount_volumes {
  std::string reason;
  friend bool operator==(const unmount_volumes&,
                         const unmount_volumes&) = default;
};

/// Remove the pod's directory: logs, root file systems, volumes' contents; not
/// yet its record. Answer: pod_removed or cleanup_failed.
struct remove_pod {
  std::string reason;
  friend bool operator==(const remove_pod&, const remove_pod&) = default;
};

/// Delete the object with grace 0 and its uid as a precondition. Answer:
/// object_deleted (also when it is gone already) or cleanup_failed.
struct delete_object {
  std::string reason;
  friend bool operator==(const delete_object&, const delete_object&) = default;
};

/// Nothing to carry out: `begin` notes that a restart or a pull waits.
struct hold_back {
  std::string container;
  bool pull = false; ///< the image, else the container
  std::string reason;
  friend bool operator==(const hold_back&, const hold_back&) = default;
};

/// Nothing to carry out: `begin` notes that the node fails the pod.
struct fail_pod {
  std::string failure; ///< DeadlineExceeded
  std::string message;
  std::string reason;
  friend bool operator==(const fail_pod&, const fail_pod&) = default;
};

/// Nothing to carry out: `begin` notes that the pod ends, or ends sooner.
struct end_pod {
  duration grace{};
  std::string reason;
  friend bool operator==(const end_pod&, const end_pod&) = default;
};

/// Nothing to carry out: `begin` notes that a container is on its way down and
/// why; hook and signals follow in the same plan or later ones.
struct stop_container {
  std::string container;
  duration grace{};
  bool comes_back = false; ///< it starts again whatever its exit says
  /// Text of the Killing event; empty: upstream's default.
  std::string message;
  std::string reason;
  friend bool operator==(const stop_container&,
                         const stop_container&) = default;
};

using pod_action =
    std::variant<mount_volumes, create_sandbox, ensure_image, start_container,
                 run_hook, signal_container, stop_sandbox, unmount_volumes,
                 remove_pod, delete_object, hold_back, fail_pod, end_pod,
                 stop_container>;

struct pod_actions {
  std::vector<pod_action> actions;
  /// Compute again at this moment at the latest, facts or not.
  std::optional<wall_time> look_again;
  /// Nothing of the pod is left here: forget it and its record.
  bool finished = false;

  friend bool operator==(const pod_actions&, const pod_actions&) = default;
};

/// The name of the action and its parameters: one line.
std::string to_string(const pod_action& action);

/// One line per action, `look again at`, `finished`.
std::string to_string(const pod_actions& plan);

/// What the pod needs now. The same input gives the same plan; after `begin`
/// for each of its actions the plan for the same moment is empty. Waits and
/// graces are told by `now`: when that jumps, say so with `clock_was_set`
/// before.
pod_actions compute_pod_actions(const view::core_v1::pod& pod,
                                const observed_pod& observed, wall_time now,
                                const pod_config& config);

/// Notes that the action is under way. Returns the events to emit.
std::vector<pod_event> begin(observed_pod& observed,
                             const view::core_v1::pod& pod,
                             const pod_action& action, wall_time now,
                             const pod_config& config);

} // namespace troupe::pod
