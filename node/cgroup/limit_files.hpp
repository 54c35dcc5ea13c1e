#pragma once

#include "messages/base/result.hpp"
#include "node/cgroup/hierarchies.hpp"
#include "node/cgroup/limits.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::cgroup {

/// The control files that limit and count: one implementation for v1
/// hierarchies, one for v2. Groups here are whole paths below the mounts, base
/// included.
class limit_files {
public:
  virtual ~limit_files() = default;

  /// The mount points in which every group has a directory.
  virtual std::vector<std::string> mounts() const = 0;

  /// Makes the group's directories and those above, ready for processes.
  virtual status_result make(std::string_view group) = 0;

  /// Writes the fields that have a value.
  virtual status_result apply(std::string_view group, const limits& wanted) = 0;

  virtual result<limits> read(std::string_view group) = 0;
  virtual result<usage> read_usage(std::string_view group) = 0;
  virtual result<std::uint64_t> oom_kills(std::string_view group) = 0;
};

std::unique_ptr<limit_files> make_v1_limit_files(const hierarchies& found);
std::unique_ptr<limit_files> make_v2_limit_files(const hierarchies& found);

} // namespace troupe::cgroup
