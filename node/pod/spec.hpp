#pragma once

#include "messages/view/core_v1.hpp"
#include "node/pod/config.hpp"
#include "node/pod/observed.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Questions about the wanted half of a pod that several parts ask.
namespace troupe::pod {

enum class container_role : std::uint8_t {
  init,    ///< runs to its end before the next starts
  sidecar, ///< an init container with restartPolicy Always
  regular,
  ephemeral, ///< added to a running pod; runs once
};

struct container_entry {
  view::core_v1::container spec;
  container_role role = container_role::regular;
  /// What `spec` looks into, if not the pod.
  std::shared_ptr<const codec::document> own;

  std::string name() const { return std::string{spec.name()}; }
};

/// Init containers and sidecars in order, then the regular ones.
std::vector<container_entry> containers_of(const view::core_v1::pod& pod);

/// Those that were added to the running pod.
std::vector<container_entry>
ephemeral_containers_of(const view::core_v1::pod& pod);

/// The container that one was added to look into, or "".
std::string_view target_of(const view::core_v1::pod& pod,
                           std::string_view ephemeral);

/// The one of that name, of any role, if the pod has it.
std::optional<container_entry> container_of(const view::core_v1::pod& pod,
                                            std::string_view name);

/// "name_namespace(uid)".
std::string label(const view::core_v1::pod& pod);

/// "spec.initContainers{name}" and its like.
std::string field_path(const container_entry& entry);

bool is_deleted(const view::core_v1::pod& pod);

/// Succeeded or Failed.
bool is_terminal(std::string_view phase);

/// The reason of a pod that its node threw out.
inline constexpr std::string_view evicted = "Evicted";

/// spec.terminationGracePeriodSeconds.
duration termination_grace(const view::core_v1::pod& pod);

/// What the end of the pod leaves its containers: deletion may shorten the
/// above, one second remains in any case.
duration ending_grace(const view::core_v1::pod& pod);

/// Whether a container that ended that way starts again: restartPolicyRules,
/// the container's restartPolicy, the pod's.
bool restarts_after(const view::core_v1::pod& pod, const container_entry& entry,
                    std::int32_t exit_code);

/// Has exited and is not to be started again.
bool stays_down(const view::core_v1::pod& pod, const container_entry& entry,
                const observed_container& container);

/// Whether a mount and all mounts below it are read only. Every kernel this
/// runs on can do that, so that IfPossible is Enabled.
bool is_recursive_read_only(const view::core_v1::volume_mount& mount);

/// Runs, and postStart and startup probe are past.
bool has_started(const container_entry& entry,
                 const observed_container& container);

/// The limits of the config in the form of `backoff`.
backoff_limits restart_limits(const pod_config& config);
backoff_limits volume_limits(const pod_config& config);

/// A reference to the image of a container, as events quote it.
std::string quoted_image(const container_entry& entry);

} // namespace troupe::pod
