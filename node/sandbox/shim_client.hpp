#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "node/shim/protocol.hpp"
#include "node/sys/packet_socket.hpp"
#include "node/sys/unique_fd.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace troupe::sandbox {

/// A message of the shim's that answers nothing.
using shim_event = std::function<void(shim::message kind, bytes_view body)>;

/// A reply and its descriptors.
struct shim_reply {
  bytes body;
  std::vector<unique_fd> descriptors;
};

/// The connection to one shim. Calls come from any thread; `on_readable` from
/// the one that reads.
class shim_client {
public:
  shim_client(unique_fd socket, shim_event on_event);

  int socket() const { return socket_.get(); }

  /// Asks and waits for the reply. `unavailable` when the shim is gone,
  /// `expired` when it does not answer in time. The descriptors stay the
  /// caller's. `on_reply` sees the reply first, on the reading thread.
  result<shim_reply> call(shim::message kind, bytes_view body,
                          const std::vector<int>& descriptors, duration timeout,
                          std::function<void(bytes_view)> on_reply = {});

  /// Takes what has arrived. False: the connection is over, for good.
  bool on_readable();

  /// Answers all calls with `unavailable`, now and later.
  void close();

private:
  struct pending {
    std::optional<shim_reply> reply;
    std::function<void(bytes_view)> on_reply;
  };

  bool take(sys::packet received);

  unique_fd socket_;
  shim_event on_event_;
  std::mutex mutex_;
  std::mutex send_mutex_; ///< packets of one call at a time
  std::condition_variable replied_;
  std::map<std::uint32_t, pending> pending_;
  std::uint32_t last_request_ = 0;
  bool closed_ = false;
};

/// A message's body as octets.
template <class T>
bytes_view view_of(const T& message) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const char*>(&message), sizeof(message)};
}

/// Reads a message; absent when the body has another size.
template <class T>
std::optional<T> read_message(bytes_view body) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (body.size() != sizeof(T))
    return std::nullopt;
  T message;
  body.copy(reinterpret_cast<char*>(&message), sizeof(message));
  return message;
}

} // namespace troupe::sandbox
