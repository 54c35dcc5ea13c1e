#pragma once

#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "node/sys/netlink_socket.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace troupe::sys {

/// An address and a port of UDP.
struct flow_end {
  ip_address address;
  std::uint16_t port = 0;

  friend auto operator<=>(const flow_end&, const flow_end&) = default;
};

/// A conversation over UDP that the kernel tracks.
struct udp_flow {
  flow_end from;
  flow_end to;
  flow_end answers; ///< where the answers come from: who `to` really is
  std::uint16_t zone = 0;

  friend bool operator==(const udp_flow&, const udp_flow&) = default;
};

/// Reads the payload of a message of a dump. None for another protocol.
result<std::optional<udp_flow>> parse_udp_flow(bytes_view payload);

/// What the kernel remembers of conversations in one network namespace, that of
/// the thread that opened it. Blocks.
class conntrack {
public:
  /// `unsupported` when the kernel tracks none.
  static result<conntrack> open();

  result<std::vector<udp_flow>> udp_flows(ip_family family);

  /// The next packet begins anew. Done when it is not there.
  status_result forget(const udp_flow& flow);

private:
  explicit conntrack(netlink_socket socket) : socket_(std::move(socket)) {}

  netlink_socket socket_;
};

} // namespace troupe::sys
