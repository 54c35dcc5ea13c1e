#pragma once

#include "node/pod/actions.hpp"
#include "node/pod/admission.hpp"
#include "node/pod/storage.hpp"

#include <string>
#include <variant>
#include <vector>

/// What became of actions, and what happened by itself.
namespace troupe::pod {

/// The node does not take the pod, though it was placed here. Told before
/// anything of it was begun.
struct pod_refused {
  refusal why;
};

struct volumes_mounted {};

struct volumes_failed {
  std::string volume;  ///< empty: the message is the event's whole text
  std::string message; ///< `configmap "x" not found`
};

struct sandbox_ready {
  std::string id; ///< never one that a sandbox of this pod had before
  /// The pod's, the primary one first; with hostNetwork the node's.
  std::vector<std::string> addresses;
};

struct sandbox_failed {
  std::string message;
};

/// The shim is gone, and every container of the sandbox with it: those that
/// ran count as exited with 137. Facts about their real exits come before.
struct sandbox_died {
  std::string id;
  std::string message;
};

struct sandbox_stopped {};

/// The store lacks the image (or the policy is Always): a registry is asked.
struct image_pull_begun {
  std::string container;
  /// Names of imagePullSecrets that could not be read.
  std::vector<std::string> missing_secrets{};
};

/// What a pull cost.
struct image_pull {
  duration took{};
  duration took_with_waiting{};
  std::int64_t octets = 0;
};

struct image_ready {
  std::string container;
  std::string id;                   ///< imageID: the digest that names it
  std::optional<image_pull> pulled; ///< absent: it was there
};

struct image_failed {
  std::string container;
  std::string reason;  ///< ErrImagePull, ErrImageNeverPull, InvalidImageName
  std::string message; ///< why; of InvalidImageName the event's whole text
};

struct container_created {
  std::string container;
  std::string sandbox_id; ///< that of the action
  std::string id;
  process_identity user;
  cgroup_limits limits; ///< what its cgroup was given
};

struct container_started {
  std::string container;
  std::string id;
  std::int64_t pid = 0;
  wall_time at;
};

struct container_start_failed {
  std::string container;
  std::string sandbox_id; ///< that of the action
  /// CreateContainerConfigError, CreateContainerError; RunContainerError after
  /// container_created: then it counts as exited with 128.
  std::string reason;
  std::string message;
};

struct container_exited {
  std::string container;
  std::string id; ///< facts about other incarnations are ignored
  std::int32_t code = 0;
  std::int32_t signal = 0;
  bool out_of_memory = false;
  std::string message; ///< termination message, after terminationMessagePolicy
  wall_time at;
};

struct hook_finished {
  std::string container;
  std::string id;
  hook which = hook::post_start;
  bool succeeded = true;
  std::string message; ///< why not
};

enum class probe_kind : std::uint8_t { startup, readiness, liveness };

struct probe_changed {
  std::string container;
  std::string id;
  probe_kind kind = probe_kind::readiness;
  probe_verdict verdict = probe_verdict::none;
};

/// What the pod has written: the one fact that may fail it.
struct storage_counted {
  storage_use use;
};

struct volumes_unmounted {};

struct pod_removed {};

/// `stop_sandbox`, `unmount_volumes`, `remove_pod` or `delete_object`, the one
/// under way, did not succeed; it is tried again later.
struct cleanup_failed {
  std::string message;
};

/// The API holds a status that was computed after `has_ended`.
struct final_status_stored {};

/// The node's own deletion of the object went through.
struct object_deleted {};

/// The object is gone from the API, by somebody else's hand.
struct object_vanished {};

using pod_fact =
    std::variant<pod_refused, volumes_mounted, volumes_failed, sandbox_ready,
                 sandbox_failed, sandbox_died, sandbox_stopped,
                 image_pull_begun, image_ready, image_failed, container_created,
                 container_started, container_start_failed, container_exited,
                 hook_finished, probe_changed, storage_counted,
                 volumes_unmounted, pod_removed, cleanup_failed,
                 final_status_stored, object_deleted, object_vanished>;

/// Takes a fact in. Facts about incarnations that are gone change nothing.
/// Returns the events to emit.
std::vector<pod_event> apply(observed_pod& observed,
                             const view::core_v1::pod& pod,
                             const pod_fact& fact, wall_time now,
                             const pod_config& config);

} // namespace troupe::pod
