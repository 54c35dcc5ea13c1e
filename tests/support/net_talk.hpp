#pragma once

#include "messages/base/ip.hpp"
#include "node/sys/netns.hpp"
#include "node/sys/unique_fd.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::support {

enum class transport : std::uint8_t { tcp, udp };

/// A server inside a namespace that answers whoever asks.
class net_server {
public:
  net_server(std::string name, const sys::netns& where, const ip_address& at,
             std::uint16_t port, transport over = transport::tcp);

  const std::string& name() const { return name_; }
  const unique_fd& fd() const { return fd_; }

private:
  std::string name_;
  unique_fd fd_;
};

/// Who answered, and as whom the asker appeared there.
struct net_answer {
  /// The server's name; or "refused", "unreachable", "silent".
  std::string server;
  std::string asker;

  friend bool operator==(const net_answer&, const net_answer&) = default;
};

/// A client that keeps its port: over UDP, the same conversation.
class net_client {
public:
  net_client(const sys::netns& where, ip_family family,
             transport over = transport::tcp);

  /// Asks; one of `servers` hears it, and its answer comes back, or none does.
  net_answer ask(const ip_address& to, std::uint16_t port,
                 const std::vector<const net_server*>& servers);

private:
  net_answer ask_stream(const std::vector<const net_server*>& servers);
  net_answer ask_datagram(const std::vector<const net_server*>& servers);

  transport over_;
  unique_fd fd_;
};

/// Asks with a client of its own, over TCP.
net_answer ask(const sys::netns& from, const ip_address& to, std::uint16_t port,
               const std::vector<const net_server*>& servers);

} // namespace troupe::support
