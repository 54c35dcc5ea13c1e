#include "node/sys/conntrack.hpp"
#include "node/sys/netlink_message.hpp"
#include "node/sys/netlink_object.hpp"

#include <cstddef>
#include <cstdint>

/// No datagram leads a reader out of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace troupe;
  const bytes_view datagram{reinterpret_cast<const char*>(data), size};
  const auto messages = sys::split_datagram(datagram);
  if (!messages)
    return 0;
  for (const auto& message : *messages) {
    TROUPE_CHECK(message.payload.size() <= size, "a view lies in its datagram");
    (void)sys::parse_ack(message);
    (void)sys::parse_link(message.payload);
    (void)sys::parse_link_address(message.payload);
    (void)sys::parse_neighbour(message.payload);
    (void)sys::parse_route(message.payload);
    (void)sys::parse_udp_flow(message.payload);
  }
  return 0;
}
