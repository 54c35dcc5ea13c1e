#pragma once

#include "messages/base/result.hpp"
#include "node/sandbox/sandbox.hpp"
#include "node/shim/protocol.hpp"

#include <string>
#include <vector>

namespace troupe::sandbox {

/// The failure that the shim reports, as users read it. Pure.
error describe(const shim::outcome& how);

/// wait(2)'s status with its times. Pure.
exit_status to_exit_status(std::int32_t status, std::int64_t started_at,
                           std::int64_t finished_at);

/// A container as the shim knows it. Pure.
container_state to_state(const shim::container_record& record);

/// A record of a pod's journal that passed its checks, and where its process
/// may still be found.
struct journal_entry {
  container_state state; ///< `lost` unless an exit is known
  std::uint64_t start_ticks = 0;
  std::string boot_id; ///< 16 octets
};

/// Reads a journal: one entry for each container, in the order of their
/// starts. Octets that fail their checks are passed over: a crash may have
/// torn the last record. Pure.
std::vector<journal_entry> parse_journal(bytes_view data);

} // namespace troupe::sandbox
