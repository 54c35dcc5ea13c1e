#pragma once

#include "bootstrap/process/identity.hpp"
#include "messages/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::process {

/// run/supervisor.json: what a cluster's supervisor says about itself, written
/// anew at each change. Only as true as its processes are alive.
struct run_record {
  identity supervisor;
  std::optional<identity> server; ///< nothing between two servers
  unsigned restarts = 0;          ///< of the server
  std::string last_end;           ///< how the last server ended; empty: none

  friend bool operator==(const run_record&, const run_record&) = default;
};

inline constexpr int run_file_version = 1;

std::string to_json(const run_record& value);

/// `corrupt` names what is missing or wrong.
result<run_record> parse_run_record(std::string_view text);

} // namespace troupe::process
