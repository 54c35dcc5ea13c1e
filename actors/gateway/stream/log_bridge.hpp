#pragma once

#include "actors/gateway/stream/serial.hpp"
#include "actors/gateway/stream/stream_call.hpp"

#include <variant>

namespace troupe::gateway {

/// A container's output from a node into an HTTP answer. The answer begins with
/// the node's first message, even an empty one: until then a failure is still
/// an error with its HTTP status. What the client's kernel has not taken is not
/// consumed, so a slow reader slows the node.
class log_bridge final : public bus_stream_handler,
                         public std::enable_shared_from_this<log_bridge> {
public:
  explicit log_bridge(stream_call call);

  /// Asks the node.
  void begin(const std::string& address, bytes request);

  void on_message(bytes message) override;
  void on_end(stream_end how, std::string why) override;

private:
  struct opened {
    std::shared_ptr<bus_stream> node;
  };

  struct message {
    bytes octets;
  };

  struct drained {};
  struct client_closed {};

  struct ended {
    stream_end how{};
    std::string why;
  };

  using input = std::variant<opened, message, drained, client_closed, ended>;

  void push(input what);
  void deal(opened& it);
  void deal(message& it);
  void deal(drained& it);
  void deal(client_closed& it);
  void deal(ended& it);

  void start();
  void settle(std::size_t octets);
  void leave();
  void finish(bytes_view status);
  void fail(const api::status& status);
  void done();

  const stream_call call_;
  serial<input> inputs_;

  // Only while dealing with an input.
  std::shared_ptr<bus_stream> node_;
  bool started_ = false;
  bool done_ = false;
  std::size_t owed_ = 0;  ///< octets written, not yet with the kernel
  std::size_t early_ = 0; ///< octets consumed before the stream was here
};

} // namespace troupe::gateway
