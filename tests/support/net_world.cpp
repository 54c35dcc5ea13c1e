#include "tests/support/net_world.hpp"

#include "messages/base/check.hpp"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace troupe::support {

namespace {

constexpr int patience_ms = 20'000;

struct socket_address {
  sockaddr_storage storage{};
  socklen_t length = 0;

  socket_address(const ip_address& ip, std::uint16_t port) {
    if (ip.family() == ip_family::v4) {
      sockaddr_in in{};
      in.sin_family = AF_INET;
      in.sin_port = htons(port);
      std::memcpy(&in.sin_addr, ip.octets().data(), 4);
      length = sizeof in;
      std::memcpy(&storage, &in, sizeof in);
    } else {
      sockaddr_in6 in{};
      in.sin6_family = AF_INET6;
      in.sin6_port = htons(port);
      std::memcpy(&in.sin6_addr, ip.octets().data(), 16);
      length = sizeof in;
      std::memcpy(&storage, &in, sizeof in);
    }
  }

  const sockaddr* get() const {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
};

/// A socket belongs to the namespace it was made in, whoever uses it.
unique_fd socket_in(const sys::netns& where, int family, int type,
                    int protocol) {
  unique_fd out;
  const auto done = where.run([&]() -> status_result {
    out.reset(socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
    return unit{};
  });
  TROUPE_CHECK(done.has_value(), "a namespace can be entered");
  TROUPE_CHECK(bool{out}, "a socket can be made");
  return out;
}

bool wait_for(const unique_fd& fd, short events) {
  pollfd one{fd.get(), events, 0};
  return poll(&one, 1, patience_ms) == 1;
}

reach reach_of(int number) {
  return number == EHOSTUNREACH || number == ENETUNREACH ? reach::unreachable
                                                         : reach::silent;
}

int error_of(const unique_fd& fd) {
  int number = 0;
  socklen_t length = sizeof number;
  getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &number, &length);
  return number;
}

/// The type and code of what came back; an IPv4 packet has its header before.
std::uint8_t answer_type(bool v6, const unsigned char* data) {
  return v6 ? data[0] : data[(data[0] & 0xf) * 4];
}

} // namespace

net_world::net_world() {
  TROUPE_CHECK(unshare(CLONE_NEWNET | CLONE_NEWNS) == 0,
               "the test runs as root");
  TROUPE_CHECK(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0,
               "mounts stay in the test");
  std::string pattern = "/tmp/troupe_net_world.XXXXXX";
  TROUPE_CHECK(mkdtemp(pattern.data()) != nullptr, "/tmp takes a directory");
  directory_ = pattern;
  TROUPE_CHECK(mount("none", directory_.c_str(), "tmpfs", 0, nullptr) == 0,
               "the scratch directory is the test's alone");
  auto net = sys::netlink::open();
  TROUPE_CHECK(net.has_value(), "a namespace can be configured");
  const auto lo = net->find_link("lo");
  const bool up = lo && net->change_link(lo->index, {.up = true});
  TROUPE_CHECK(up, "a machine reaches itself");
}

net_world::~net_world() {
  umount2(directory_.c_str(), MNT_DETACH);
  std::filesystem::remove(directory_);
}

std::string net_world::operator/(std::string_view name) const {
  return directory_ + "/" + std::string{name};
}

reach ping(const sys::netns& from, const ip_address& to) {
  const bool v6 = to.family() == ip_family::v6;
  const auto fd = socket_in(from, v6 ? AF_INET6 : AF_INET, SOCK_RAW,
                            v6 ? int{IPPROTO_ICMPV6} : int{IPPROTO_ICMP});
  // Connected, it hears what routers say of its packets.
  const int on = 1;
  if (!v6)
    setsockopt(fd.get(), SOL_IP, IP_RECVERR, &on, sizeof on);
  const socket_address there{to, 0};
  if (connect(fd.get(), there.get(), there.length) != 0)
    return reach_of(errno);
  icmphdr request{};
  request.type = v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
  // The checksum of a message that is its type alone; IPv6 makes its own.
  request.checksum = v6 ? 0 : static_cast<std::uint16_t>(~htons(0x0800));
  if (send(fd.get(), &request, sizeof request, 0) < 0)
    return reach_of(errno);
  while (wait_for(fd, POLLIN)) {
    unsigned char answer[1500];
    if (recv(fd.get(), answer, sizeof answer, 0) <= 0)
      return reach_of(errno);
    const auto type = answer_type(v6, answer);
    if (type == (v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY))
      return reach::reached;
    if (type == (v6 ? ICMP6_DST_UNREACH : ICMP_DEST_UNREACH))
      return reach::unreachable;
  }
  return reach::silent;
}

reach connect_tcp(const sys::netns& from, const sys::netns& at,
                  const ip_address& to, std::uint16_t port) {
  const int family = to.family() == ip_family::v6 ? AF_INET6 : AF_INET;
  const auto listener = socket_in(at, family, SOCK_STREAM, 0);
  const socket_address there{to, port};
  const bool listens = bind(listener.get(), there.get(), there.length) == 0
                       && listen(listener.get(), 1) == 0;
  TROUPE_CHECK(listens, "the address is the listener's");
  const auto client = socket_in(from, family, SOCK_STREAM, 0);
  if (connect(client.get(), there.get(), there.length) != 0
      && errno != EINPROGRESS)
    return reach_of(errno);
  if (!wait_for(client, POLLOUT))
    return reach::silent;
  if (const int number = error_of(client); number != 0)
    return reach_of(number);
  if (!wait_for(listener, POLLIN))
    return reach::silent;
  const unique_fd server{
      accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
  char octet = 'x';
  if (send(client.get(), &octet, 1, MSG_NOSIGNAL) != 1
      || !wait_for(server, POLLIN) || recv(server.get(), &octet, 1, 0) != 1)
    return reach::silent;
  return reach::reached;
}

} // namespace troupe::support
