#pragma once

#include "node/shim/plan.hpp"
#include "node/shim/protocol.hpp"

/// What runs between clone and exec, and the same steps for the shim itself.
namespace troupe::shim {

struct child_context {
  const void* plan = nullptr;
  std::size_t plan_size = 0;
  const int* descriptors = nullptr; ///< of the packet
  std::size_t descriptor_count = 0;
  int container = -1; ///< pidfd of the process whose namespaces `join` enters
  int report = -1;    ///< pipe to the shim; `outcome`s go in
  int root = -1;      ///< found by `mount_root`
  int stdio[3] = {-1, -1, -1};
  bool own_stdio[3] = {}; ///< made for this process: it becomes their owner
  bool tty = false;       ///< stdio[0] becomes the controlling terminal
  /// The filter to load, once nothing but execve(2) is left to do.
  const std::uint64_t* filter = nullptr;
  std::uint32_t filter_size = 0;
};

/// Runs all steps in order; an error stops. Steps of a process only (`user`
/// and later) must not be met here by the shim.
outcome run_plan(child_context& context);

/// The child of a clone: never returns, either executes or reports and exits.
[[noreturn]] void run_child(child_context& context);

/// The first process of a shared PID namespace: reaps orphans for ever, with
/// an empty root of its own and no capabilities.
[[noreturn]] void run_reaper();

/// Gives a failed outcome.
outcome failure(long error, std::uint16_t step, const char* detail);

} // namespace troupe::shim
