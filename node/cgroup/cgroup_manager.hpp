#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "node/cgroup/device_rules.hpp"
#include "node/cgroup/limits.hpp"
#include "node/sys/unique_fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::cgroup {

/// How the machine lays out its cgroup controllers.
enum class layout : std::uint8_t {
  v2,     ///< one hierarchy with every controller
  hybrid, ///< limits on v1 hierarchies; kill, freeze, populated on a v2 one
  v1,     ///< v1 hierarchies only
};

std::string_view to_string(layout value);

/// How a new process enters a group. The paths are absolute `cgroup.procs`
/// files: a process writes "0" into each before it executes anything (v1,
/// hybrid). `directory`, when it holds one, is the group's v2 directory for
/// CLONE_INTO_CGROUP (v2, hybrid), or where its processes live below it: a v2
/// group that was divided further takes none itself.
struct entry_points {
  std::vector<std::string> procs_files;
  unique_fd directory;
};

/// The limits of one group among several that change together.
struct group_limits {
  std::string group;
  limits wanted;
};

/// The control groups of one node. A group is a relative path such as
/// "kubepods/burstable/pod<uid>/<container>" below the manager's base; the
/// empty path is the base itself. Components are made of letters, digits and
/// "-_.:@", and are neither "." nor ".."; else `invalid_argument`.
///
/// A manager keeps no state but paths: every call reads the kernel's, so that
/// groups of an agent that died are used as they are. Calls for different
/// groups may come from different threads. A call blocks for as long as its
/// `timeout` says and otherwise only for the kernel. Errors name the file.
///
///     auto manager = open_cgroup_manager({.base = "troupe/c1/node-1"});
///     manager->ensure("kubepods/besteffort/pod7", {.cpu_shares = 2});
class cgroup_manager {
public:
  virtual ~cgroup_manager() = default;

  virtual layout kind() const = 0;

  /// Makes `group` and the groups above it where they are missing, then sets
  /// its limits. Limits of groups above stay as they are.
  virtual status_result ensure(std::string_view group,
                               const limits& wanted) = 0;

  /// Sets the limits of existing groups. What is raised is raised from the top
  /// down, then what is lowered is lowered from the bottom up, because the
  /// kernel refuses a child that may use more than its parent. Not atomic: on
  /// an error some are set; calling again is right.
  virtual status_result update(std::vector<group_limits> changes) = 0;

  /// The limits as the kernel holds them, as far as this layout knows them.
  virtual result<limits> read_limits(std::string_view group) = 0;

  /// Keeps `group` and those below from all devices but these, instead of what
  /// was set before. To be called before a process enters: while the rules
  /// change, nothing may be allowed. Lasts as long as the group. A group that
  /// was never restricted may do what those above may.
  virtual status_result
  restrict_devices(std::string_view group,
                   const std::vector<device_rule>& allowed) = 0;

  virtual result<entry_points> entry(std::string_view group) = 0;

  /// Kills every process in `group` and below and returns when none is left.
  /// A frozen group is thawed. `expired` when some are left at `timeout`; a
  /// missing group has none.
  virtual status_result kill(std::string_view group, duration timeout) = 0;

  /// Stops every process in `group` and below; thaw lets them run again.
  virtual status_result freeze(std::string_view group, duration timeout) = 0;
  virtual status_result thaw(std::string_view group, duration timeout) = 0;

  /// Whether a process lives in `group` or below. A missing group is empty.
  virtual result<bool> populated(std::string_view group) = 0;

  /// The processes in `group` and below, in no order.
  virtual result<std::vector<pid_t>> processes(std::string_view group) = 0;

  virtual result<usage> read_usage(std::string_view group) = 0;

  /// Kills for want of memory counted in `group`: a counter that only rises;
  /// compare it before and after. On v1 each group counts its own processes,
  /// also when a group above hit its limit.
  virtual result<std::uint64_t> oom_kills(std::string_view group) = 0;

  /// Removes `group` and all below, deepest first. Waits for the last process
  /// to be gone, without killing any; `expired` when one is left at `timeout`.
  /// A missing group is removed already. With the base go the directories above
  /// it that are empty.
  virtual status_result remove(std::string_view group, duration timeout) = 0;

  /// Names of the groups directly below `group`, sorted: also those that an
  /// interrupted removal left in one hierarchy only.
  virtual result<std::vector<std::string>> children(std::string_view group) = 0;
};

/// Where to find the hierarchies.
struct cgroup_options {
  /// Path below each hierarchy's root, per cluster and node, such as
  /// "troupe/<cluster>/<node>". Not empty.
  std::string base;
  /// Only mounts at or below this path are used.
  std::string root = "/sys/fs/cgroup";
  /// The mount table to read.
  std::string mountinfo = "/proc/self/mountinfo";
  /// Takes this layout instead of the best one present.
  std::optional<layout> use;
};

/// The manager for this machine: hybrid where cpu and memory are v1
/// hierarchies beside a v2 one, else whichever there is. `unsupported` when
/// the layout lacks the cpu or memory controller, or a way to restrict devices.
result<std::unique_ptr<cgroup_manager>>
open_cgroup_manager(const cgroup_options& options);

} // namespace troupe::cgroup
