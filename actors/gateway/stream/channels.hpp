#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "messages/protocol/node_io.hpp"

#include <memory>
#include <variant>
#include <vector>

/// A remote command's client, whatever protocol it speaks.
namespace troupe::gateway {

/// Everything the client must open is open.
struct channels_ready {};

/// Octets of `in` or `resize`.
struct channel_input {
  node_io::channel channel{};
  bytes octets;
};

/// Stdin has ended.
struct input_ended {};

/// The client is done with the connection.
struct client_left {};

using channel_event =
    std::variant<channels_ready, channel_input, input_ended, client_left>;

/// Pure: octets of the connection in, events and octets out.
class channels {
public:
  virtual ~channels() = default;

  /// Octets from the client. After a failure nothing more may be received; what
  /// tells the client is in the output.
  virtual result<std::vector<channel_event>> receive(bytes_view octets) = 0;

  /// Data of `out` or `err`.
  virtual void send(node_io::channel channel, bytes_view data) = 0;

  /// How the command ended, a Status as JSON: once, last.
  virtual void finish(bytes_view status) = 0;

  /// Octets for the client since the last call.
  virtual bytes take_output() = 0;

  /// Octets that wait for the client's own flow control.
  virtual std::size_t held_back() const = 0;
};

} // namespace troupe::gateway
