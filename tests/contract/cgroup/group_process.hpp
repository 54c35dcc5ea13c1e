#pragma once

#include "node/cgroup/cgroup_manager.hpp"

#include <sys/types.h>

#include <functional>

namespace troupe::cgroup {

/// A child process that enters a group, says so, then does its work. Its end
/// is awaited by the destructor at the latest, which kills it.
class group_process {
public:
  /// Returns once the child is in the group. `work` must not touch the test
  /// framework; its answer is the exit code.
  group_process(const entry_points& entry, const std::function<int()>& work);

  group_process(const group_process&) = delete;
  group_process& operator=(const group_process&) = delete;

  ~group_process();

  pid_t pid() const { return pid_; }

  /// Whether it ends within `timeout`; then it is reaped.
  bool ends_within(duration timeout);

  /// The exit code, or 128 and the signal's number, once it has ended.
  int exit_code() const { return exit_code_; }

private:
  pid_t pid_ = -1;
  unique_fd handle_;
  int exit_code_ = -1;
};

/// Does nothing until killed.
int stay_until_killed();

} // namespace troupe::cgroup
