#include "node/dns/socket.hpp"

#include "node/sys/os_error.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace troupe::dns {

namespace {

constexpr int backlog = 128;
/// Room for a burst of queries.
constexpr int receive_buffer = 1024 * 1024;

peer to_peer(const ip_address& address, std::uint16_t port) {
  peer out;
  const auto octets = address.octets();
  if (address.family() == ip_family::v4) {
    auto& in = reinterpret_cast<sockaddr_in&>(out.address);
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    std::memcpy(&in.sin_addr, octets.data(), octets.size());
    out.length = sizeof in;
  } else {
    auto& in = reinterpret_cast<sockaddr_in6&>(out.address);
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    std::memcpy(&in.sin6_addr, octets.data(), octets.size());
    out.length = sizeof in;
  }
  return out;
}

std::string text_of(const ip_address& address, std::uint16_t port) {
  return address.to_string() + " port " + std::to_string(port);
}

unique_fd open_socket(const ip_address& address, int type) {
  const int family = address.family() == ip_family::v4 ? AF_INET : AF_INET6;
  return unique_fd{::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
}

const sockaddr* pointer(const peer& to) {
  return reinterpret_cast<const sockaddr*>(&to.address);
}

result<unique_fd> bind_to(const ip_address& at, std::uint16_t port, int type) {
  auto fd = open_socket(at, type);
  const auto place = to_peer(at, port);
  const int on = 1;
  if (!fd)
    return sys::os_error("listen on", text_of(at, port));
  if (type == SOCK_STREAM)
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd.get(), pointer(place), place.length) != 0)
    return sys::os_error("listen on", text_of(at, port));
  return fd;
}

result<unique_fd> connect_to(const ip_address& to, std::uint16_t port,
                             int type) {
  auto fd = open_socket(to, type);
  const auto place = to_peer(to, port);
  if (!fd
      || (::connect(fd.get(), pointer(place), place.length) != 0
          && errno != EINPROGRESS))
    return sys::os_error("connect to", text_of(to, port));
  return fd;
}

} // namespace

result<unique_fd> bind_datagrams(const ip_address& at, std::uint16_t port) {
  auto fd = bind_to(at, port, SOCK_DGRAM);
  if (fd)
    ::setsockopt(fd->get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer,
                 sizeof receive_buffer);
  return fd;
}

result<unique_fd> listen_streams(const ip_address& at, std::uint16_t port) {
  auto fd = bind_to(at, port, SOCK_STREAM);
  if (fd && ::listen(fd->get(), backlog) != 0)
    return sys::os_error("listen on", text_of(at, port));
  return fd;
}

result<unique_fd> connect_datagrams(const ip_address& to, std::uint16_t port) {
  return connect_to(to, port, SOCK_DGRAM);
}

result<unique_fd> connect_stream(const ip_address& to, std::uint16_t port) {
  return connect_to(to, port, SOCK_STREAM);
}

std::uint16_t port_of(int fd) {
  peer own;
  own.length = sizeof own.address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&own.address), &own.length)
      != 0)
    return 0;
  // The port is in the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in&>(own.address).sin_port);
}

std::optional<ip_address> address_of(const peer& from) {
  const auto octets = [](const auto& field) {
    return bytes_view{reinterpret_cast<const char*>(&field), sizeof field};
  };
  const auto address =
      from.address.ss_family == AF_INET
          ? ip_address::from_octets(octets(
              reinterpret_cast<const sockaddr_in&>(from.address).sin_addr))
          : ip_address::from_octets(octets(
              reinterpret_cast<const sockaddr_in6&>(from.address).sin6_addr));
  return address ? std::optional{*address} : std::nullopt;
}

read_end read_some(int fd, bytes& to, std::size_t octets_max) {
  const auto before = to.size();
  const auto end = read_datagram(fd, to, octets_max);
  return end == read_end::some && to.size() == before ? read_end::over : end;
}

read_end read_datagram(int fd, bytes& to, std::size_t octets_max) {
  const auto before = to.size();
  to.resize(before + octets_max);
  const auto count = ::recv(fd, to.data() + before, octets_max, 0);
  const int why = errno;
  to.resize(before + static_cast<std::size_t>(count > 0 ? count : 0));
  if (count >= 0)
    return read_end::some;
  return why == EAGAIN || why == EINTR ? read_end::nothing_now : read_end::over;
}

std::optional<std::size_t> write_some(int fd, bytes_view from) {
  const auto count = ::send(fd, from.data(), from.size(), MSG_NOSIGNAL);
  if (count >= 0)
    return static_cast<std::size_t>(count);
  return errno == EAGAIN || errno == EINTR ? std::optional<std::size_t>{0}
                                           : std::nullopt;
}

} // namespace troupe::dns
