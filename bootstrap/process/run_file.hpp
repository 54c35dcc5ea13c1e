#pragma once

#include "bootstrap/process/identity.hpp"
#include "messages/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::process {

/// One process that a supervisor keeps running.
struct process_record {
  std::string name;                ///< "s1", "n1", "bus"
  std::string kind;                ///< "server", "agent", "bus"
  std::optional<identity> running; ///< nothing between two of them
  unsigned restarts = 0;
  std::string last_end; ///< how the last one ended; empty: none did

  friend bool operator==(const process_record&,
                         const process_record&) = default;
};

/// run/supervisor.json: what a cluster's supervisor says about itself, written
/// anew at each change. Only as true as its processes are alive.
struct run_record {
  identity supervisor;
  std::vector<process_record> processes; ///< in the order they start

  /// Null when there is none of that name.
  const process_record* find(std::string_view name) const;

  friend bool operator==(const run_record&, const run_record&) = default;
};

inline constexpr int run_file_version = 2;
inline constexpr std::size_t processes_max = 1024;

std::string to_json(const run_record& value);

/// `corrupt` names what is missing or wrong.
result<run_record> parse_run_record(std::string_view text);

} // namespace troupe::process
