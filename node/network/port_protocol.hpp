#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::network {

enum class port_protocol : std::uint8_t { tcp, udp, sctp };

/// "tcp", "udp", "sctp": what nft(8) calls it.
constexpr std::string_view word_of(port_protocol protocol) {
  switch (protocol) {
    case port_protocol::udp:
      return "udp";
    case port_protocol::sctp:
      return "sctp";
    default:
      return "tcp";
  }
}

} // namespace troupe::network
