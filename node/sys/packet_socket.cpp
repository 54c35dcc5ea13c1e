#include "node/sys/packet_socket.hpp"

#include "node/sys/os_error.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace troupe::sys {

namespace {

union control_space {
  cmsghdr align;
  unsigned char data[CMSG_SPACE(packet_descriptors_max * sizeof(int))];
};

result<sockaddr_un> address_of(const unique_fd& directory,
                               const std::string& name) {
  // A socket's path is short; the directory's may be long.
  const auto path =
      "/proc/self/fd/" + std::to_string(directory.get()) + "/" + name;
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path))
    return error{errc::too_large, "the socket's name " + name + " is too long"};
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

unique_fd open_socket() {
  return unique_fd{socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

void take_descriptors(msghdr& message, packet& into) {
  for (auto* head = CMSG_FIRSTHDR(&message); head != nullptr;
       head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
      continue;
    const auto count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(head) + i * sizeof(fd), sizeof(fd));
      into.descriptors.emplace_back(fd);
    }
  }
}

} // namespace

result<unique_fd> listen_packets(const unique_fd& directory,
                                 const std::string& name) {
  auto address = address_of(directory, name);
  if (!address)
    return address.error();
  auto listener = open_socket();
  unlinkat(directory.get(), name.c_str(), 0);
  if (!listener || fchmod(listener.get(), 0600) != 0
      || bind(listener.get(), generic(*address), sizeof(*address)) != 0
      || listen(listener.get(), 8) != 0)
    return os_error("listen on the socket", name);
  return listener;
}

result<unique_fd> connect_packets(const unique_fd& directory,
                                  const std::string& name) {
  auto address = address_of(directory, name);
  if (!address)
    return address.error();
  auto peer = open_socket();
  if (!peer)
    return os_error("open", "a socket");
  // A full queue of connections that nobody takes.
  constexpr timeval patience{5, 0};
  setsockopt(peer.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  if (connect(peer.get(), generic(*address), sizeof(*address)) == 0)
    return peer;
  if (errno == ECONNREFUSED)
    return error{errc::unavailable, "nobody listens on the socket " + name};
  return os_error("connect to the socket", name);
}

status_result send_packet(const unique_fd& socket, bytes_view data,
                          const std::vector<int>& descriptors) {
  if (descriptors.size() > packet_descriptors_max)
    return error{errc::too_large, "too many descriptors for one packet"};
  control_space control = {};
  iovec part = {const_cast<char*>(data.data()), data.size()};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    const auto size = descriptors.size() * sizeof(int);
    control.align = {CMSG_LEN(size), SOL_SOCKET, SCM_RIGHTS};
    std::memcpy(CMSG_DATA(&control.align), descriptors.data(), size);
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(size);
  }
  while (sendmsg(socket.get(), &message, MSG_NOSIGNAL) < 0)
    if (errno == EPIPE || errno == ECONNRESET)
      return error{errc::unavailable, "the other side of a socket is gone"};
    else if (errno != EINTR)
      return os_error("send", "a packet");
  return unit{};
}

result<packet> receive_packet(const unique_fd& socket, std::size_t size_max) {
  packet received;
  received.data.resize(size_max);
  control_space control;
  iovec part = {received.data.data(), size_max};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = &control;
  message.msg_controllen = sizeof(control);
  ssize_t size = 0;
  do
    size = recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  while (size < 0 && errno == EINTR);
  if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return error{errc::expired, "no packet now"};
  if (size <= 0)
    return error{errc::unavailable, "the other side of a socket is gone"};
  take_descriptors(message, received);
  if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
    return error{errc::too_large, "a packet is larger than "
                                      + std::to_string(size_max) + " octets"};
  received.data.resize(static_cast<std::size_t>(size));
  return received;
}

} // namespace troupe::sys
