#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "node/sys/unique_fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::process {

/// One process, never mistaken for a later one with the same number: a pid
/// may be used again, but not at the same tick of the same boot.
struct identity {
  int pid = 0;
  std::uint64_t start_ticks = 0; ///< since boot (proc(5), stat field 22)
  std::string boot_id;           ///< of the boot it was started in

  friend bool operator==(const identity&, const identity&) = default;
};

/// What /proc/<pid>/stat says.
struct stat_line {
  char state = '?';              ///< 'Z': it has ended, nobody has asked yet
  std::uint64_t start_ticks = 0; ///< since boot
};

/// Reads a stat line; the command name in it may hold blanks and parentheses.
std::optional<stat_line> parse_stat(std::string_view text);

/// Of a process that runs now; nothing when there is none.
std::optional<identity> identify(int pid);

/// Runs still, and is the same one.
bool is_alive(const identity& who);

/// How long it has been running; nothing when it is not.
std::optional<duration> uptime(const identity& who);

/// A handle that stays this process, or an empty one when it has ended.
unique_fd open_process(const identity& who);

/// Sends a signal through a handle; false when it has ended.
bool send_signal(const unique_fd& process, int signal);

/// Waits until the process behind the handle has ended; false when `timeout`
/// passes first.
bool wait_for_end(const unique_fd& process, duration timeout);

/// Ends a process: SIGTERM, then after `patience` SIGKILL. Returns when it has
/// ended; one that has ended already is fine. False when it outlives SIGKILL.
bool end_process(const identity& who, duration patience);

} // namespace troupe::process
