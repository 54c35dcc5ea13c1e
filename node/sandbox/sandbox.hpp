#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "node/sandbox/spec.hpp"
#include "node/sys/unique_fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The agent's side of a pod: a shim (node/shim) holds its namespaces and runs
/// its containers, and goes on doing so when the agent dies.
namespace troupe::sandbox {

/// How a process ended.
struct exit_status {
  int code = 0;   ///< 128 + signal when a signal ended it
  int signal = 0; ///< 0: it exited by itself
  wall_time started_at{};
  wall_time finished_at{};

  friend bool operator==(const exit_status&, const exit_status&) = default;
};

/// A container's main process is over. Sent once by a living shim; after an
/// agent's return the exits it missed are in `pod_sandbox::state`.
struct container_exited {
  std::string id;
  exit_status status;
};

/// A process of `exec` is over. Not kept for an agent that is away.
struct exec_exited {
  std::uint64_t exec_id = 0;
  exit_status status;
};

/// The shim died: the sandbox has failed. Its containers are killed; what is
/// known of them is in `pod_sandbox::state`.
struct shim_lost {};

using sandbox_event = std::variant<container_exited, exec_exited, shim_lost>;

/// Called from the one thread of the `sandbox_host`, in the order of events of
/// a pod. It must not block and must not call a `pod_sandbox`: it hands over
/// to an actor. An exit may be reported before `start_container` or `exec`
/// has returned to its caller.
using event_callback =
    std::function<void(const std::string& pod_uid, const sandbox_event&)>;

/// What all sandboxes of an agent share: the shim's executable in a sealed
/// memory file, the seccomp profile, and one thread that reads events. One per
/// agent; it must outlive its sandboxes.
class sandbox_host {
public:
  static result<std::unique_ptr<sandbox_host>> open();

  virtual ~sandbox_host() = default;
};

enum class container_phase : std::uint8_t {
  running,
  exited, ///< `exit` says how
  lost,   ///< the shim died before it saw the end
};

struct container_state {
  std::string id;
  container_phase phase = container_phase::running;
  pid_t pid = 0; ///< the host's, of the main process
  wall_time started_at{};
  std::optional<exit_status> exit;
  bool tty = false;
  /// Octets of output that the log's disk had no room for.
  std::uint64_t log_dropped = 0;
};

struct sandbox_state {
  std::string pod_uid; ///< empty when the shim is dead
  bool alive = false;  ///< the shim answers
  pid_t shim_pid = 0;
  /// Oldest first. A living shim forgets the oldest exited ones past
  /// `containers_max`.
  std::vector<container_state> containers;
};

/// A started `exec`. The descriptors are the caller's ends, close-on-exec and
/// blocking; those not asked for are empty.
struct exec_process {
  std::uint64_t exec_id = 0; ///< of `exec_exited` and `resize`
  pid_t pid = 0;             ///< the host's
  unique_fd in;              ///< write; close it to end the input
  unique_fd out;             ///< read until its end
  unique_fd err;             ///< read until its end
  unique_fd terminal;        ///< with a tty: read and write, instead of the
                             ///< three; reading fails with EIO at its end
};

struct attach_spec {
  std::string container_id;
  bool stdin_open = false; ///< ignored when the container has no stdin
  bool stdout_open = true;
  bool stderr_open = true;
};

/// The output from now on, and the input. A container whose attached reader
/// does not read is held up for ten seconds; then the reader is cut off.
struct attachment {
  unique_fd in; ///< write: the container's input, or its terminal. With
                ///< stdin_once the input ends when this is closed.
  unique_fd out;
  unique_fd err;
  bool tty = false; ///< all output is `out`
};

enum class signal_scope : std::uint8_t {
  main, ///< the container's main process
  all,  ///< and those of `exec`. With a PID namespace of its own, SIGKILL to
        ///< `main` ends them all; without, kill the cgroup for the rest.
};

/// One pod's shim as seen by this agent. Calls may come from any thread and
/// block: for the shim (at most `timeout`; then `expired`, and the outcome is
/// unknown) or the kernel. `unavailable` means that the shim is gone.
///
///     auto box = pod_sandbox::create(*host, spec, on_event, 10s);
///     (*box)->start_container(std::move(container), 30s);
///     ...
///     (*box)->signal("web-0", SIGTERM, signal_scope::main, 5s);
///     ...                                  // container_exited arrives
///     (*box)->destroy(5s);
///
/// Destroying the object leaves the shim and its containers as they are.
class pod_sandbox {
public:
  /// Makes the namespaces and starts the shim. On failure nothing is left.
  /// `already_exists` when a shim lives in `spec.directory`: reopen it.
  static result<std::unique_ptr<pod_sandbox>> create(sandbox_host& host,
                                                     const sandbox_spec& spec,
                                                     event_callback on_event,
                                                     duration timeout);

  /// Adopts what runs in `directory`, replacing another agent's connection.
  /// With a dead shim it kills what the shim left behind, and `state` says
  /// what its journal knows; only `state` and `destroy` then work.
  /// `not_found` when there never was a sandbox.
  static result<std::unique_ptr<pod_sandbox>>
  reopen(sandbox_host& host, const std::string& directory,
         event_callback on_event, duration timeout);

  virtual ~pod_sandbox() = default;

  /// Starts a container and returns its state once it has executed `args`.
  /// What fails before is told as users read it in `describe`, such as
  /// `exec: "foo": executable file not found in $PATH`, with the code
  /// `not_found`, `permission_denied`, `invalid_argument` or `io_error`;
  /// nothing is left then but the writable directories and the log.
  virtual result<container_state> start_container(container_spec spec,
                                                  duration timeout) = 0;

  /// `not_found` when no such container runs.
  virtual status_result signal(std::string_view container_id, int number,
                               signal_scope scope, duration timeout) = 0;

  /// Runs a further process; errors as in `start_container`.
  virtual result<exec_process> exec(exec_spec spec, duration timeout) = 0;

  virtual result<attachment> attach(const attach_spec& spec,
                                    duration timeout) = 0;

  /// Of a container's main process, or of an exec's, with a tty.
  virtual status_result resize(std::string_view container_id,
                               std::uint16_t columns, std::uint16_t rows,
                               duration timeout) = 0;
  virtual status_result resize_exec(std::uint64_t exec_id,
                                    std::uint16_t columns, std::uint16_t rows,
                                    duration timeout) = 0;

  /// SIGKILL to a process of `exec`, by its id.
  virtual status_result kill_exec(std::uint64_t exec_id, duration timeout) = 0;

  /// Opens the container's log file anew, after somebody renamed it.
  virtual status_result reopen_log(std::string_view container_id,
                                   duration timeout) = 0;

  /// Asks the shim; without one, what its journal says.
  virtual result<sandbox_state> state(duration timeout) = 0;

  /// Kills what is left, ends the shim, and removes its files from the
  /// directory, and the directory if it is empty. Idempotent.
  virtual status_result destroy(duration timeout) = 0;
};

} // namespace troupe::sandbox
