#pragma once

#include "node/sandbox/sandbox.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::sandbox {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

/// A place for one test's pods: a directory of its own, an image made of a
/// static busybox, a pinned network namespace, and the events that came. All
/// of it goes with the value.
class sandbox_world {
public:
  sandbox_world();

  /// The place of another process's world, for an agent of its own that does
  /// not live to clean up.
  explicit sandbox_world(std::string directory);

  ~sandbox_world();

  sandbox_host& host() { return *host_; }

  const std::string& directory() const { return directory_; }

  sandbox_spec pod_spec() const;

  /// Runs `script` in a shell, with a log of its own.
  container_spec container(const std::string& id,
                           const std::string& script) const;

  exec_spec exec(const std::string& container, const std::string& script) const;

  event_callback collect();

  /// The sandbox that `pod()` made is destroyed with the world.
  pod_sandbox& pod();
  std::unique_ptr<pod_sandbox>& holder() { return pod_; }

  /// Starts the container, waits for its end.
  exit_status run(container_spec spec);

  /// Waits for the event.
  exit_status wait_exit(const std::string& id);
  exit_status wait_exec(std::uint64_t exec_id);
  bool wait_lost();

  /// The container's log as it is.
  std::string log(const std::string& id) const;

  /// The log without times and tags: what was written, F and P records joined.
  std::string output(const std::string& id) const;

  std::string run_for_output(const std::string& script);

private:
  std::string directory_;
  std::unique_ptr<sandbox_host> host_;
  std::unique_ptr<pod_sandbox> pod_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::map<std::string, exit_status> exits_;
  std::map<std::uint64_t, exit_status> execs_;
  bool lost_ = false;
  int runs_ = 0;
};

/// Reads a whole file.
std::string read_file(const std::string& path);

/// Reads a descriptor to its end, for ten seconds at most.
std::string read_to_end(int fd);

/// Reads until `wanted` has come, for ten seconds at most.
std::string read_until(int fd, const std::string& wanted);

void write_text(int fd, const std::string& text);

/// Waits until the condition holds, for ten seconds at most.
bool eventually(const std::function<bool()>& condition);

/// Whether a process has this id and is no zombie.
bool is_alive(pid_t pid);

} // namespace troupe::sandbox
