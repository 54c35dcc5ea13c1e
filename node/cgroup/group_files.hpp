#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::cgroup {

/// The few things done with a hierarchy's directories and control files.
/// Errors read "<operation> <path>: <reason>"; a missing file or directory is
/// `not_found`, what the kernel will not do now (EBUSY) is `conflict`.

result<bytes> read_control(const std::string& path);

/// Writes `value` in one call, as control files want it.
status_result write_control(const std::string& path, std::string_view value);

bool exists(const std::string& path);

/// Makes one directory; one that exists will do.
status_result make_group(const std::string& path);

/// Removes one directory; one that is missing will do.
status_result remove_group(const std::string& path);

/// The names of the groups directly below, sorted.
result<std::vector<std::string>> list_groups(const std::string& path);

/// "a/b", also where one of the two is empty.
std::string join(std::string_view directory, std::string_view name);

/// The directories from `mount` (excluded) down to `mount`/`path`, each with
/// the one above it.
struct step_down {
  std::string parent;
  std::string directory;
};
std::vector<step_down> steps_down(const std::string& mount,
                                  std::string_view path);

} // namespace troupe::cgroup
