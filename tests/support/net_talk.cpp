#include "tests/support/net_talk.hpp"

#include "messages/base/check.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace troupe::support {

namespace {

constexpr int patience_ms = 20'000;
/// A datagram is sent again after so long.
constexpr int again_ms = 200;

struct socket_address {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;

  socket_address() = default;

  socket_address(const ip_address& ip, std::uint16_t port) {
    if (ip.family() == ip_family::v4) {
      sockaddr_in in{};
      in.sin_family = AF_INET;
      in.sin_port = htons(port);
      std::memcpy(&in.sin_addr, ip.octets().data(), 4);
      std::memcpy(&storage, &in, length = sizeof in);
    } else {
      sockaddr_in6 in{};
      in.sin6_family = AF_INET6;
      in.sin6_port = htons(port);
      std::memcpy(&in.sin6_addr, ip.octets().data(), 16);
      std::memcpy(&storage, &in, length = sizeof in);
    }
  }

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }

  std::string text() const {
    char out[INET6_ADDRSTRLEN];
    if (storage.ss_family == AF_INET) {
      sockaddr_in in{};
      std::memcpy(&in, &storage, sizeof in);
      inet_ntop(AF_INET, &in.sin_addr, out, sizeof out);
    } else {
      sockaddr_in6 in{};
      std::memcpy(&in, &storage, sizeof in);
      inet_ntop(AF_INET6, &in.sin6_addr, out, sizeof out);
    }
    return out;
  }
};

/// A socket belongs to the namespace it was made in, whoever uses it.
unique_fd socket_in(const sys::netns& where, ip_family family, transport over) {
  unique_fd out;
  const auto done = where.run([&]() -> status_result {
    out.reset(socket(family == ip_family::v6 ? AF_INET6 : AF_INET,
                     (over == transport::tcp ? SOCK_STREAM : SOCK_DGRAM)
                         | SOCK_CLOEXEC | SOCK_NONBLOCK,
                     0));
    return unit{};
  });
  TROUPE_CHECK(done.has_value() && bool{out}, "a socket can be made");
  return out;
}

net_answer failed(int number) {
  switch (number) {
    case ECONNREFUSED:
    case EPERM: // its own host's packet filter says so
      return {"refused", {}};
    case EHOSTUNREACH:
    case ENETUNREACH:
      return {"unreachable", {}};
    default:
      return {"silent", {}};
  }
}

int error_of(const unique_fd& fd) {
  int number = 0;
  socklen_t length = sizeof number;
  getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &number, &length);
  return number;
}

bool wait_for(const unique_fd& fd, short events) {
  pollfd one{fd.get(), events, 0};
  return poll(&one, 1, patience_ms) == 1;
}

/// The first of the servers somebody speaks to; null when nobody does.
const net_server* wait_for_any(const std::vector<const net_server*>& servers,
                               const unique_fd& client, int wait_ms) {
  std::vector<pollfd> all;
  for (const auto* each : servers)
    all.push_back({each->fd().get(), POLLIN, 0});
  // A refusal is told at the client.
  all.push_back({client.get(), POLLIN, 0});
  poll(all.data(), all.size(), wait_ms);
  for (std::size_t i = 0; i < servers.size(); ++i)
    if (all[i].revents != 0)
      return servers[i];
  return nullptr;
}

} // namespace

net_server::net_server(std::string name, const sys::netns& where,
                       const ip_address& at, std::uint16_t port, transport over)
    : name_(std::move(name)), fd_(socket_in(where, at.family(), over)) {
  socket_address here{at, port};
  const int on = 1;
  setsockopt(fd_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool listens =
      bind(fd_.get(), here.get(), here.length) == 0
      && (over == transport::udp || listen(fd_.get(), 64) == 0);
  TROUPE_CHECK(listens, "the address is the server's");
}

net_client::net_client(const sys::netns& where, ip_family family,
                       transport over)
    : over_(over), fd_(socket_in(where, family, over)) {
  // nop
}

net_answer net_client::ask(const ip_address& to, std::uint16_t port,
                           const std::vector<const net_server*>& servers) {
  socket_address there{to, port};
  if (connect(fd_.get(), there.get(), there.length) != 0
      && errno != EINPROGRESS)
    return failed(errno);
  return over_ == transport::tcp ? ask_stream(servers) : ask_datagram(servers);
}

net_answer
net_client::ask_stream(const std::vector<const net_server*>& servers) {
  if (!wait_for(fd_, POLLOUT))
    return failed(ETIMEDOUT);
  if (const int number = error_of(fd_); number != 0)
    return failed(number);
  char octet = 'x';
  const auto* server = wait_for_any(servers, fd_, patience_ms);
  if (server == nullptr || send(fd_.get(), &octet, 1, MSG_NOSIGNAL) != 1)
    return failed(ETIMEDOUT);
  socket_address who;
  const unique_fd one{
      accept4(server->fd().get(), who.get(), &who.length, SOCK_CLOEXEC)};
  const bool heard = wait_for(one, POLLIN) && recv(one.get(), &octet, 1, 0) == 1
                     && send(one.get(), &octet, 1, MSG_NOSIGNAL) == 1
                     && wait_for(fd_, POLLIN)
                     && recv(fd_.get(), &octet, 1, 0) == 1;
  return heard ? net_answer{server->name(), who.text()} : failed(ETIMEDOUT);
}

/// Datagrams may be lost, so it says its word until it is heard.
net_answer
net_client::ask_datagram(const std::vector<const net_server*>& servers) {
  static int words = 0;
  const int word = ++words;
  for (int waited_ms = 0; waited_ms < patience_ms; waited_ms += again_ms) {
    if (send(fd_.get(), &word, sizeof word, MSG_NOSIGNAL) < 0)
      return failed(errno);
    const auto* server = wait_for_any(servers, fd_, again_ms);
    if (server == nullptr) {
      if (const int number = error_of(fd_); number != 0)
        return failed(number);
      continue;
    }
    socket_address who;
    int heard = 0;
    while (recvfrom(server->fd().get(), &heard, sizeof heard, 0, who.get(),
                    &who.length)
           > 0) {
      // Others' words may have been late.
      if (heard != word)
        continue;
      sendto(server->fd().get(), &word, sizeof word, 0, who.get(), who.length);
      if (!wait_for(fd_, POLLIN)
          || recv(fd_.get(), &heard, sizeof heard, 0) < 0)
        return failed(ETIMEDOUT);
      return {server->name(), who.text()};
    }
  }
  return failed(ETIMEDOUT);
}

net_answer ask(const sys::netns& from, const ip_address& to, std::uint16_t port,
               const std::vector<const net_server*>& servers) {
  return net_client{from, to.family()}.ask(to, port, servers);
}

} // namespace troupe::support
