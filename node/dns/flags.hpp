#pragma once

#include <cstddef>
#include <cstdint>

/// Numbers of the header (RFC 1035 4.1.1).
namespace troupe::dns {

inline constexpr std::size_t header_octets = 12;
inline constexpr std::uint16_t class_internet = 1;

namespace flag {
inline constexpr unsigned response = 0x8000;
inline constexpr unsigned opcode = 0x7800;
inline constexpr unsigned authoritative = 0x0400;
inline constexpr unsigned truncated = 0x0200;
inline constexpr unsigned recursion_desired = 0x0100;
inline constexpr unsigned recursion_available = 0x0080;
inline constexpr unsigned code = 0x000f;
} // namespace flag

} // namespace troupe::dns
