#pragma once

#include "node/shim/child.hpp"
#include "node/shim/pod.hpp"
#include "node/shim/wire.hpp"

/// Making children.
namespace troupe::shim {

/// A plan in memory; `close` it.
struct mapped_plan {
  const void* data = nullptr;
  std::size_t size = 0;

  long open(int fd);
  void close();
};

/// Where a child is born.
struct birthplace {
  bool new_pids = false; ///< in a PID namespace of its own
  int pids_of = -1;      ///< pidfd: in that process's PID namespace
  int cgroup = -1;       ///< v2 directory
};

/// Runs the plan of `from`, which is its first descriptor, in a new child.
/// Returns 0 or a negative errno; how the child fares is read from
/// `into.report`.
long spawn(const packet& from, child_context& context, const birthplace& where,
           process& into);

/// Starts the reaper of a PID namespace that all containers will share.
long spawn_reaper();

/// A terminal of a container.
struct terminal_pair {
  int master = -1;
  int slave = -1;
};

long open_terminal(int devpts, terminal_pair& ends);

long set_window(int terminal, std::uint16_t columns, std::uint16_t rows);

/// Reads what the child reported. EAGAIN while it has neither executed nor
/// failed; else 0, with what it said in `how`.
long read_report(process& child, outcome& how);

/// Waits for a child that is over; returns wait(2)'s status.
std::int32_t reap(process& child);

/// Field 22 of /proc/<pid>/stat, or 0.
std::uint64_t read_start_ticks(int pid);

} // namespace troupe::shim
