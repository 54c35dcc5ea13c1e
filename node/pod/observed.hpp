#pragma once

#include "messages/base/time_point.hpp"
#include "node/pod/backoff.hpp"
#include "node/pod/resources.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a node knows about one pod: the input of every decision about it.
/// Only `begin` (actions.hpp) and `apply` (facts.hpp) change it. It is rebuilt
/// from a record (record.hpp) and from what still runs.
namespace troupe::pod {

/// How one incarnation of a container ended.
struct container_exit {
  std::string id;
  std::int32_t code = 0;   ///< 128 + n after signal n
  std::int32_t signal = 0; ///< 0: exited by itself
  std::string reason;      ///< Completed, Error, OOMKilled, StartError, ...
  std::string message;     ///< the termination message
  std::optional<wall_time> started; ///< absent: it never ran
  wall_time finished;

  friend bool operator==(const container_exit&,
                         const container_exit&) = default;
};

enum class image_phase : std::uint8_t { wanted, pulling, present, failed };

/// The image for the next start of a container.
struct observed_image {
  image_phase phase = image_phase::wanted;
  std::string reference; ///< as the pod spells it, when it was asked for
  std::string id;        ///< imageID, when present
  std::string reason;    ///< when failed: ErrImagePull, InvalidImageName, ...
  std::string message;
  wall_time since;   ///< when it failed
  bool held = false; ///< the backoff was announced
  backoff pulls;

  friend bool operator==(const observed_image&,
                         const observed_image&) = default;
};

/// Why the last try to start a container failed.
struct start_failure {
  std::string reason; ///< CreateContainerConfigError, RunContainerError, ...
  std::string message;
  wall_time at;

  friend bool operator==(const start_failure&, const start_failure&) = default;
};

enum class container_phase : std::uint8_t {
  waiting,  ///< no incarnation, or none in this sandbox
  creating, ///< a start was asked for
  running,
  exited,
};

enum class hook_phase : std::uint8_t { none, running, done, failed };

/// What a probe last said. `none` also while nobody probes.
enum class probe_verdict : std::uint8_t { none, success, failure };

enum class stop_stage : std::uint8_t {
  begun,    ///< nothing was done yet
  pre_stop, ///< the hook runs
  waiting,  ///< its turn to be asked has not come
  asked,    ///< the stop signal was sent
  killed,   ///< SIGKILL was sent
};

/// A running container on its way down.
struct container_stop {
  stop_stage stage = stop_stage::begun;
  wall_time since;     ///< when stopping began; grace counts from here
  wall_time signalled; ///< when the last signal was sent, if one was
  duration grace{};

  friend bool operator==(const container_stop&,
                         const container_stop&) = default;
};

/// Who the first process of a container was started as.
struct process_identity {
  std::int64_t uid = 0;
  std::int64_t gid = 0;
  std::vector<std::int64_t> groups; ///< all supplementary ones

  friend bool operator==(const process_identity&,
                         const process_identity&) = default;
};

struct observed_container {
  container_phase phase = container_phase::waiting;
  std::string id;         ///< of this incarnation, without troupe://
  std::int64_t pid = 0;   ///< as the node sees it, while running
  std::string sandbox_id; ///< where this incarnation lives or lived
  std::string image;      ///< the reference this incarnation was made from
  std::string image_id;
  /// What this incarnation was given; absent in older records.
  std::optional<process_identity> user;
  std::optional<cgroup_limits> limits;
  wall_time started;
  hook_phase post_start = hook_phase::none;
  std::optional<container_stop> stop;
  /// Of this incarnation when it exited; of the one before while waiting or
  /// creating. Never lost by a restart: it moves to `last_exit`.
  std::optional<container_exit> exit;
  /// Of the incarnation before the running or exited one.
  std::optional<container_exit> last_exit;
  std::optional<start_failure> failure;
  std::int32_t restart_count = 0;
  bool ever_created = false; ///< the next incarnation is a restart
  bool held = false;         ///< CrashLoopBackOff was announced
  bool comes_back = false;   ///< ended to be started again, whatever it says
  backoff restarts;
  observed_image next_image;
  probe_verdict startup = probe_verdict::none;
  probe_verdict readiness = probe_verdict::none;
  probe_verdict liveness = probe_verdict::none;

  friend bool operator==(const observed_container&,
                         const observed_container&) = default;
};

enum class sandbox_phase : std::uint8_t {
  absent,
  starting,
  ready,
  dead,     ///< it died by itself; what is left must be stopped
  stopping, ///< being taken down
};

/// The namespaces, network and cgroup that the pod's containers share.
struct observed_sandbox {
  sandbox_phase phase = sandbox_phase::absent;
  std::string id;                     ///< of this incarnation
  std::vector<std::string> addresses; ///< podIPs, the primary one first
  std::int32_t attempt = 0;           ///< incarnations before this one
  std::string failure;                ///< of the last start or stop
  std::optional<wall_time> failed_at;

  friend bool operator==(const observed_sandbox&,
                         const observed_sandbox&) = default;
};

enum class volumes_phase : std::uint8_t {
  absent,
  mounting,
  ready,
  failed, ///< to mount
  unmounting,
};

/// All volumes of the pod together.
struct observed_volumes {
  volumes_phase phase = volumes_phase::absent;
  std::string failure;
  std::optional<wall_time> failed_at;
  backoff tries;

  friend bool operator==(const observed_volumes&,
                         const observed_volumes&) = default;
};

enum class removal_phase : std::uint8_t { none, removing, removed, deleting };

struct observed_pod {
  std::optional<wall_time> start_time; ///< when this node took the pod
  observed_sandbox sandbox;
  observed_volumes volumes;
  /// Init and regular containers by name.
  std::map<std::string, observed_container, std::less<>> containers;
  /// Set once the node itself failed the pod: DeadlineExceeded, Evicted, ...
  std::string failed_reason;
  std::string failed_message;
  /// When this node began to end the pod, and the grace it gave; grace only
  /// shrinks.
  std::optional<wall_time> ending_since;
  duration ending_grace{};
  /// The object is gone from the API: end everything, delete nothing there.
  bool vanished = false;
  /// The API has the status of the ended pod.
  bool final_status_stored = false;
  removal_phase removal = removal_phase::none;
  std::optional<wall_time> removal_failed_at;
  bool object_deleted = false;

  friend bool operator==(const observed_pod&, const observed_pod&) = default;
};

/// Whether the pod was ended and no container is left: the status computed
/// from here on is the final one.
bool has_ended(const observed_pod& observed);

/// Whether a container was made in the sandbox of today and nothing more is
/// known: the agent that made it died. It is that incarnation which starts.
bool is_unborn(const observed_pod& observed,
               const observed_container& container);

/// The restart count of the incarnation that would start now.
std::int32_t next_restart_count(const observed_pod& observed,
                                const observed_container& container);

/// The wall clock was set: containers that end keep the grace they have.
void clock_was_set(observed_pod& observed, duration by);

/// As above, when all that is known is that no grace can have begun later.
void clock_is(observed_pod& observed, wall_time now);

/// One of the pod's containers, or null.
const observed_container* find(const observed_pod& observed,
                               std::string_view container);

} // namespace troupe::pod
