#pragma once

#include "messages/base/result.hpp"

#include <string>
#include <utility>
#include <vector>

namespace troupe::process {

/// A program to start.
struct child_spec {
  std::string program;                ///< path
  std::vector<std::string> arguments; ///< argv, the program's name first
  /// Descriptors it gets: ours, and the number it has there (3 and up,
  /// different from each other). It gets no others but its output.
  std::vector<std::pair<int, int>> descriptors;
  /// Its standard output and error are appended here; empty: ours.
  std::string log_file;
  /// Runs on in a session of its own when we end. Not our child then: there
  /// is nothing to wait for.
  bool detached = false;
  /// The signal it gets when the calling thread ends; 0: none. Not for
  /// detached ones.
  int parent_death_signal = 0;
  /// A pinned network namespace it lives in; empty: ours.
  std::string network_namespace;
};

/// Starts it with default signal handling, umask 077 and / as its directory.
/// Returns its pid once the program runs; a failure to start it is an error.
result<int> spawn(const child_spec& spec);

/// This program's own file, also after it was replaced on disk.
inline constexpr const char* this_program = "/proc/self/exe";

} // namespace troupe::process
