#pragma once

#include "messages/base/bytes.hpp"

#include <cstdint>

namespace troupe {

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `data`, continuing from
/// `seed` (the value returned for the bytes before).
std::uint32_t crc32c(bytes_view data, std::uint32_t seed = 0);

} // namespace troupe
