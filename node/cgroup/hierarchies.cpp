#include "node/cgroup/hierarchies.hpp"

#include "node/sys/mount_table.hpp"

#include <algorithm>
#include <array>

namespace troupe::cgroup {

namespace {

constexpr std::array v1_controllers{"cpu",    "cpuacct", "memory", "pids",
                                    "cpuset", "freezer", "devices"};
constexpr std::size_t component_max = 255;
constexpr std::size_t group_max = 2048;

bool lists(std::string_view options, std::string_view wanted) {
  while (!options.empty()) {
    const auto end = options.find(',');
    if (options.substr(0, end) == wanted)
      return true;
    options.remove_prefix(end == std::string_view::npos ? options.size()
                                                        : end + 1);
  }
  return false;
}

bool is_group_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'
         || c == ':' || c == '@';
}

bool is_component(std::string_view text) {
  return !text.empty() && text.size() <= component_max && text != "."
         && text != ".."
         && std::all_of(text.begin(), text.end(), is_group_character);
}

bool has_v1_limits(const hierarchies& found) {
  return found.v1.contains("cpu") && found.v1.contains("memory");
}

} // namespace

std::string_view to_string(layout value) {
  switch (value) {
    case layout::v2:
      return "v2";
    case layout::hybrid:
      return "hybrid";
    case layout::v1:
      return "v1";
  }
  return "unknown";
}

hierarchies find_hierarchies(std::string_view mountinfo,
                             std::string_view root) {
  hierarchies found;
  for (const auto& mount : sys::parse_mount_table(mountinfo)) {
    if (!sys::is_within(mount.mount_point, root))
      continue;
    if (mount.filesystem == "cgroup2" && found.unified.empty())
      found.unified = mount.mount_point;
    if (mount.filesystem == "cgroup")
      for (const auto* controller : v1_controllers)
        if (lists(mount.super_options, controller))
          found.v1.try_emplace(controller, mount.mount_point);
  }
  return found;
}

result<layout> choose_layout(const hierarchies& found) {
  if (has_v1_limits(found))
    return found.unified.empty() ? layout::v1 : layout::hybrid;
  if (!found.unified.empty())
    return layout::v2;
  return error{errc::unsupported, "no cgroup hierarchy with the cpu and memory "
                                  "controllers is mounted"};
}

status_result check_layout(const hierarchies& found, layout wanted) {
  const bool fits = wanted == layout::v2 ? !found.unified.empty()
                    : wanted == layout::hybrid
                        ? has_v1_limits(found) && !found.unified.empty()
                        : has_v1_limits(found) && found.v1.contains("freezer")
                              && found.v1.contains("devices");
  if (fits)
    return unit{};
  return error{errc::unsupported, "the mounted cgroup hierarchies are no "
                                      + std::string{to_string(wanted)}
                                      + " layout"};
}

status_result check_group(std::string_view group) {
  const auto refuse = [&](const char* why) {
    return error{errc::invalid_argument,
                 "cgroup path \"" + std::string{group} + "\": " + why};
  };
  if (group.size() > group_max)
    return refuse("must be at most 2048 characters long");
  for (auto rest = group; !rest.empty();) {
    const auto end = rest.find('/');
    if (!is_component(rest.substr(0, end)))
      return refuse("must be relative, of names made of letters, digits and "
                    "\"-_.:@\"");
    if (end == rest.size() - 1)
      return refuse("must not end with a slash");
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return unit{};
}

} // namespace troupe::cgroup
