#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <string>
#include <vector>

/// Unix sockets that keep packets apart (SEQPACKET) and carry descriptors.
namespace troupe::sys {

inline constexpr std::size_t packet_descriptors_max = 250;

struct packet {
  bytes data;
  std::vector<unique_fd> descriptors;
};

/// A socket named `name` in an open directory, listening, for its owner alone.
/// What was there under that name is replaced. The directory's path may be of
/// any length.
result<unique_fd> listen_packets(const unique_fd& directory,
                                 const std::string& name);

/// Connects to one. `unavailable` when nobody listens, `not_found` when there
/// is no such socket.
result<unique_fd> connect_packets(const unique_fd& directory,
                                  const std::string& name);

/// Sends a packet, which may wait while the peer does not read. The
/// descriptors stay the caller's.
status_result send_packet(const unique_fd& socket, bytes_view data,
                          const std::vector<int>& descriptors);

/// Receives a packet of at most `size_max` octets without waiting; `expired`
/// when there is none now, `unavailable` when the peer is gone, `too_large`.
result<packet> receive_packet(const unique_fd& socket, std::size_t size_max);

} // namespace troupe::sys
