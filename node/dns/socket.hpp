#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <optional>

/// Sockets that never block, in the calling thread's network namespace.
namespace troupe::dns {

struct peer {
  sockaddr_storage address{};
  socklen_t length = 0;
};

result<unique_fd> bind_datagrams(const ip_address& at, std::uint16_t port);
result<unique_fd> listen_streams(const ip_address& at, std::uint16_t port);
result<unique_fd> connect_datagrams(const ip_address& to, std::uint16_t port);

/// Connected or about to be: it becomes writable.
result<unique_fd> connect_stream(const ip_address& to, std::uint16_t port);

/// The port a socket is bound to.
std::uint16_t port_of(int fd);

std::optional<ip_address> address_of(const peer& from);

/// How an attempt to read ended.
enum class read_end : std::uint8_t { some, nothing_now, over };

/// Appends what is there, `octets_max` of it.
read_end read_some(int fd, bytes& to, std::size_t octets_max);

/// The next datagram, which may be empty.
read_end read_datagram(int fd, bytes& to, std::size_t octets_max);

/// How much was written; none: the other side is gone.
std::optional<std::size_t> write_some(int fd, bytes_view from);

} // namespace troupe::dns
