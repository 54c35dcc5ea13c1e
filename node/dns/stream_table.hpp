#pragma once

#include "messages/base/ip.hpp"
#include "messages/base/time_point.hpp"
#include "node/dns/poller.hpp"
#include "node/dns/stream_inbox.hpp"
#include "node/sys/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>

namespace troupe::dns {

struct stream_limits {
  /// Connections; then the one that did nothing for longest gives way.
  std::size_t connections_max = 256;
  /// From one address; more are closed at once.
  std::size_t connections_per_client_max = 32;
  /// Without a whole message, or an answer taken.
  duration idle_max = std::chrono::seconds{10};
  /// Queries of one connection that wait for others' answers, and octets that
  /// wait to be taken; beyond them nothing is read.
  std::size_t waiting_max = 64;
  std::size_t unsent_octets_max = 256 * 1024;
};

/// Connections over TCP and the messages on them. One thread.
class stream_table {
public:
  /// Hears a message of the connection of this number, to which one `reply` is
  /// due.
  using listener = std::function<void(std::uint64_t number, bytes message)>;

  stream_table(const poller& waiting, std::uint64_t kind, stream_limits limits,
               listener tell);

  void add(unique_fd fd, const ip_address& from, mono_time now);
  void on_ready(std::uint64_t number, mono_time now);

  /// An empty message is none. A connection that is gone takes nothing.
  void reply(std::uint64_t number, bytes_view message, mono_time now);

  /// Closes what has been idle for too long.
  void sweep(mono_time now);

  /// Closes one, to have a descriptor; false: there is none.
  bool give_way();

  bool empty() const { return streams_.empty(); }

private:
  struct stream {
    unique_fd fd;
    ip_address from;
    stream_inbox inbox;
    bytes unsent;
    std::size_t waiting = 0;
    bool ended = false;   ///< the other side sends no more
    bool reading = false; ///< its messages are being told
    mono_time busy{};     ///< last
  };

  using streams = std::map<std::uint64_t, stream>;

  void read(std::uint64_t number, stream& one, mono_time now);
  bool read_messages(std::uint64_t number, mono_time now);
  void settle(std::uint64_t number);
  bool is_full(const stream& one) const;

  const poller& waiting_;
  std::uint64_t kind_;
  stream_limits limits_;
  listener tell_;
  streams streams_;
  std::uint64_t last_ = 0;
};

} // namespace troupe::dns
