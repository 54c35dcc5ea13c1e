#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace troupe {

/// Fills `out` with octets from the kernel's generator. Ends the process when
/// the kernel has none to give, for an id must never repeat.
void fill_random(std::span<std::uint8_t> out);

/// Sixteen random octets: a uid, a proposal id.
std::array<std::uint8_t, 16> random_id();

std::uint64_t random_u64();

} // namespace troupe
