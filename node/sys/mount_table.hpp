#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe::sys {

/// One line of /proc/<pid>/mountinfo (proc_pid_mountinfo(5)), as far as it
/// serves. Paths are unescaped.
struct mount_entry {
  std::string root;        ///< what of the filesystem is mounted
  std::string mount_point; ///< where, as this process sees it
  std::string filesystem;  ///< its type, such as "cgroup2"
  std::string source;
  std::string super_options;

  friend bool operator==(const mount_entry&, const mount_entry&) = default;
};

/// The mounts in the kernel's order: one that covers another comes later.
/// Lines of another form are passed over.
std::vector<mount_entry> parse_mount_table(std::string_view text);

/// Whether `path` is `directory` or lies below it. Both absolute and without
/// a slash at the end.
bool is_within(std::string_view path, std::string_view directory);

} // namespace troupe::sys
