#include "node/sandbox/container_plan.hpp"

#include <algorithm>

namespace troupe::sandbox {

namespace {

constexpr std::string_view top = "/sys/fs/cgroup";

/// What of a v1 hierarchy's options names it: its controllers or its name.
std::string naming_options(std::string_view options) {
  constexpr std::string_view others[] = {
      "rw",       "ro",          "xattr", "clone_children", "cpuset_v2_mode",
      "noprefix", "favordynmods"};
  std::string kept;
  while (!options.empty()) {
    const auto end = std::min(options.find(','), options.size());
    const auto option = options.substr(0, end);
    options.remove_prefix(std::min(end + 1, options.size()));
    const bool other = std::find(std::begin(others), std::end(others), option)
                           != std::end(others)
                       || option.starts_with("release_agent=");
    if (other)
      continue;
    kept += (kept.empty() ? "" : ",");
    kept += option;
  }
  return kept;
}

} // namespace

std::vector<cgroup_view>
cgroup_views(const std::vector<sys::mount_entry>& mounts) {
  std::vector<cgroup_view> views;
  for (const auto& mount : mounts) {
    const bool v1 = mount.filesystem == "cgroup";
    if ((!v1 && mount.filesystem != "cgroup2")
        || !sys::is_within(mount.mount_point, top))
      continue;
    cgroup_view view{mount.filesystem,
                     v1 ? naming_options(mount.super_options) : "",
                     mount.mount_point};
    if (std::find(views.begin(), views.end(), view) == views.end())
      views.push_back(std::move(view));
  }
  return views;
}

} // namespace troupe::sandbox
