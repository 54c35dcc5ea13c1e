#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace troupe::bench {

/// A child that dies with its owner. The owner must have no threads.
class process {
public:
  process() = default;
  explicit process(pid_t pid) : pid_{pid} {}
  process(process&& other) noexcept;
  process& operator=(process&& other) noexcept;
  ~process();

  pid_t pid() const noexcept { return pid_; }

  /// Waits; whether it ended well.
  bool join();

private:
  pid_t pid_ = -1;
};

/// Runs `body` in a child of its own.
process fork_process(const std::function<int()>& body);

/// Runs a program; its output goes to `log`.
process spawn_program(std::vector<std::string> command, const std::string& log);

/// Processor time that a process has used, in seconds.
double processor_time(pid_t pid);

} // namespace troupe::bench
