#pragma once

#include <cstdint>
#include <string>

namespace troupe::process {

/// Octets of a log before it is moved away.
inline constexpr std::uint64_t log_octets_max = 16 * 1024 * 1024;

/// If `file` has more than `octets_max`, names it `file`.1 instead, in the
/// place of what was there. Whoever writes it goes on doing so until told to
/// open it anew. Whether it was moved.
bool move_large_log(const std::string& file, std::uint64_t octets_max);

} // namespace troupe::process
