#pragma once

#include "messages/base/result.hpp"
#include "node/cgroup/cgroup_manager.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::cgroup {

/// The mounted hierarchies. Pure: made from the text of a mount table.
struct hierarchies {
  /// Mount points of v1 hierarchies by cgroup controller. Two controllers may
  /// share one, as "cpu,cpuacct" often do.
  std::map<std::string, std::string, std::less<>> v1;
  /// Mount point of the v2 hierarchy; empty when there is none.
  std::string unified;

  friend bool operator==(const hierarchies&, const hierarchies&) = default;
};

/// Reads the hierarchies mounted at or below `root`, the first mount of each.
hierarchies find_hierarchies(std::string_view mountinfo, std::string_view root);

/// v1 hierarchies hold cpu and memory, or else the v2 one does.
result<layout> choose_layout(const hierarchies& found);

/// Refuses a layout that these hierarchies cannot be used as.
status_result check_layout(const hierarchies& found, layout wanted);

/// Refuses what is no group path: `invalid_argument` says why. The empty path
/// is one.
status_result check_group(std::string_view group);

} // namespace troupe::cgroup
