#include "node/shim/wire.hpp"

#include "node/shim/pod.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace troupe::shim {

namespace {

alignas(8) unsigned char buffer[packet_size_max];

union control_space {
  cmsghdr align;
  unsigned char data[CMSG_SPACE(descriptors_max * sizeof(int))];
};

/// The kernel's msghdr is the C library's on 64-bit machines.
void take_control(const msghdr& message, packet& into) {
  const auto* head = static_cast<const cmsghdr*>(message.msg_control);
  if (message.msg_controllen < sizeof(cmsghdr) || head->cmsg_level != SOL_SOCKET
      || head->cmsg_type != SCM_RIGHTS)
    return;
  const auto size = head->cmsg_len - CMSG_LEN(0);
  into.descriptor_count = size / sizeof(int);
  memcpy(into.descriptors, CMSG_DATA(head), size);
}

bool is_root(long fd) {
  ucred peer = {};
  socklen_t size = sizeof(peer);
  return kernel(__NR_getsockopt, fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
         && peer.uid == 0;
}

} // namespace

void accept_agent() {
  const auto fd = kernel(__NR_accept4, self.listener, nullptr, nullptr,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0)
    return;
  if (!is_root(fd)) {
    kernel(__NR_close, fd);
    return;
  }
  drop_agent();
  self.agent = static_cast<int>(fd);
  ++self.connection;
  watch(self.agent, source::agent, 0, EPOLLIN);
}

void drop_agent() {
  close_watched(self.agent);
}

bool receive(packet& into) {
  control_space control;
  iovec parts[2] = {{&into.head, sizeof(into.head)},
                    {into.body, sizeof(into.body)}};
  msghdr message = {};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  message.msg_control = &control;
  message.msg_controllen = sizeof(control);
  into.descriptor_count = 0;
  const auto size =
      kernel_retry(__NR_recvmsg, self.agent, &message, MSG_CMSG_CLOEXEC);
  if (size == -EAGAIN)
    return false;
  if (size <= 0) {
    drop_agent();
    return false;
  }
  take_control(message, into);
  if (size >= static_cast<long>(sizeof(header))
      && (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0
      && into.head.magic == protocol_magic
      && into.head.size + sizeof(header) == static_cast<std::size_t>(size))
    return true;
  close_descriptors(into);
  drop_agent();
  return false;
}

void close_descriptors(packet& from) {
  for (std::size_t i = 0; i < from.descriptor_count; ++i)
    close_descriptor(from.descriptors[i]);
  from.descriptor_count = 0;
}

int take_descriptor(packet& from, std::size_t index) {
  if (index >= from.descriptor_count)
    return -1;
  const auto fd = from.descriptors[index];
  from.descriptors[index] = -1;
  return fd;
}

void send(message kind, std::uint32_t request, const void* body,
          std::size_t size, int descriptor) {
  if (self.agent < 0)
    return;
  const header head = {protocol_magic, protocol_version,
                       static_cast<std::uint16_t>(kind), request,
                       static_cast<std::uint32_t>(size)};
  memcpy(buffer, &head, sizeof(head));
  memcpy(buffer + sizeof(head), body, size);
  iovec part = {buffer, sizeof(head) + size};
  control_space control = {};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    control.align = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.align), &descriptor, sizeof(descriptor));
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(sizeof(int));
  }
  if (kernel_retry(__NR_sendmsg, self.agent, &message,
                   MSG_DONTWAIT | MSG_NOSIGNAL)
      < 0)
    drop_agent();
}

} // namespace troupe::shim
