#include "messages/codec/openapi/served_document.hpp"

#include <cstdint>

namespace troupe::codec {

namespace {

/// FNV-1a in 64 bits, with its authors' offset basis and prime.
std::uint64_t fnv1a(bytes_view octets) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (auto c : octets) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x00000100000001b3;
  }
  return hash;
}

std::string to_hex(std::uint64_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result(16, '0');
  for (auto at = result.rbegin(); at != result.rend(); ++at, value >>= 4)
    *at = digits[value & 0xf];
  return result;
}

} // namespace

served_document make_served_document(bytes body) {
  auto hash = to_hex(fnv1a(body));
  return {make_shared_bytes(std::move(body)), std::move(hash)};
}

} // namespace troupe::codec
