#include "node/network/pod_link.hpp"

#include <algorithm>
#include <cstdint>

namespace troupe::network {

std::string node_link_name(std::string_view pod_uid) {
  // FNV-1a of 64 bits; 48 of them tell the pods of one node apart.
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : pod_uid)
    hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "pod";
  for (int shift = 44; shift >= 0; shift -= 4)
    out += digits[hash >> shift & 0xf];
  return out;
}

sys::mac_address mac_of(const ip_address& address) {
  // 0a:58 is locally administered; bridges elsewhere do likewise.
  sys::mac_address out{{0x0a, 0x58, 0, 0, 0, 0}};
  const auto tail = address.octets().substr(address.octets().size() - 4);
  std::transform(tail.begin(), tail.end(), out.octets.begin() + 2,
                 [](char c) { return static_cast<std::uint8_t>(c); });
  return out;
}

} // namespace troupe::network
