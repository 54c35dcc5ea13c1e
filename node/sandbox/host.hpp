#pragma once

#include "node/sandbox/container_plan.hpp"
#include "node/sandbox/sandbox.hpp"
#include "runtime/base/guarded.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace troupe::sandbox {

/// The one `sandbox_host` there is.
class host_impl final : public sandbox_host {
public:
  static result<std::unique_ptr<host_impl>> make();

  ~host_impl() override;

  /// The shim's executable.
  const unique_fd& program() const { return program_; }

  const std::vector<cgroup_view>& cgroups() const { return cgroups_; }

  /// The default filter for these capabilities, made once.
  result<std::vector<std::uint64_t>> filter(std::uint64_t capabilities);

  /// Calls `on_ready` on the host's thread whenever `fd` is readable, until it
  /// returns false. Returns a ticket for `unwatch`.
  std::uint64_t watch(int fd, std::function<bool()> on_ready);

  /// When this returns, the watch is over and its function does not run. Not
  /// from the host's thread.
  void unwatch(std::uint64_t ticket);

private:
  struct watched {
    int fd;
    std::function<bool()> on_ready;
  };

  void run();
  void serve(std::uint64_t ticket);

  unique_fd program_;
  unique_fd poll_;
  unique_fd stop_;
  std::vector<cgroup_view> cgroups_;
  guarded<std::map<std::uint64_t, std::vector<std::uint64_t>>> filters_;
  /// Held while a function runs.
  std::mutex mutex_;
  std::map<std::uint64_t, watched> watched_;
  std::uint64_t last_ticket_ = 0;
  std::thread thread_;
};

} // namespace troupe::sandbox
