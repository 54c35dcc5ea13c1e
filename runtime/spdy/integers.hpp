#pragma once

#include "messages/base/bytes.hpp"

#include <cstdint>
#include <optional>

/// Big-endian numbers at the front of a view, and behind a string.
namespace troupe::spdy {

inline void put32(bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>(value >> shift & 0xff);
}

inline std::optional<std::uint32_t> take32(bytes_view& in) {
  if (in.size() < 4)
    return std::nullopt;
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; ++i)
    out = out << 8 | static_cast<unsigned char>(in[i]);
  in.remove_prefix(4);
  return out;
}

/// A length and as many octets.
inline std::optional<bytes_view> take_string(bytes_view& in) {
  const auto length = take32(in);
  if (!length || *length > in.size())
    return std::nullopt;
  const auto out = in.substr(0, *length);
  in.remove_prefix(*length);
  return out;
}

} // namespace troupe::spdy
