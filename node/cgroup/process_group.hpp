#pragma once

#include "messages/base/result.hpp"
#include "node/cgroup/patience.hpp"

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::cgroup {

/// What is done to the processes of a group as a whole. `mounts` are the
/// hierarchies in which a process may be found; groups are whole paths.

/// The processes in `group` and below in any of the hierarchies, each once.
result<std::vector<pid_t>>
find_processes(const std::vector<std::string>& mounts, std::string_view group);

/// The same, with the path of the group's directory: of one hierarchy.
result<std::vector<pid_t>> find_processes(const std::string& directory);

/// Where a further process joins those of a v2 group. One whose groups below
/// have controllers takes none itself, as where a container's own init divides
/// it: then the directory below in which the first of its processes lives.
std::string find_entrance(const std::string& directory);

/// How to stop a group from forking while it is killed.
class group_freezer {
public:
  virtual ~group_freezer() = default;
  virtual status_result freeze(std::string_view group,
                               const patience& until) = 0;
  virtual status_result thaw(std::string_view group, const patience& until) = 0;

  /// Kills all at once where the kernel can; `unsupported` elsewhere.
  virtual status_result kill_at_once(std::string_view group) = 0;
};

std::unique_ptr<group_freezer> make_v1_freezer(std::string mount);
std::unique_ptr<group_freezer> make_v2_freezer(std::string mount);

/// Kills until nothing is left. Where the kernel cannot kill a group at once,
/// each process found is killed; a group that forks faster is frozen first.
status_result kill_all(const std::vector<std::string>& mounts,
                       std::string_view group, group_freezer& freezer,
                       const patience& until);

/// Removes the group's directories in one hierarchy, deepest first, waiting
/// for processes that are about to be gone.
status_result remove_tree(const std::string& directory, const patience& until);

} // namespace troupe::cgroup
