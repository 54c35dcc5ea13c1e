#pragma once

#include "messages/api/status.hpp"
#include "messages/protocol/node_io.hpp"
#include "node/sys/unique_fd.hpp"
#include "runtime/port/messenger.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace troupe::agent {

/// The node's end of a stream of node_io messages, between the bus's threads
/// and the one worker that serves it. The worker waits on `wake_descriptor`.
class io_stream final : public bus_stream_handler,
                        public std::enable_shared_from_this<io_stream> {
public:
  explicit io_stream(std::shared_ptr<bus_stream> to);

  /// Readable after anything happened; `calm` before looking.
  int wake_descriptor() const { return wake_.get(); }

  void calm();
  void wake();

  /// Wakes the worker, from any thread and at any time.
  std::function<void()> waker();

  /// The other side is gone.
  bool over() const;

  /// Whether more output may be sent now.
  bool has_room() const;

  /// Says that what was asked for is being done, before there is data.
  void begin();

  /// Sends data on a channel, in messages of a bounded size.
  void send(node_io::channel to, bytes_view data);

  /// The last message.
  void finish(const api::status& how);

  struct input {
    node_io::channel from = node_io::channel::in;
    bytes data;
  };

  /// The next message of the server, if any. Its octets count as dealt with
  /// once `consumed` says so.
  std::optional<input> next();
  void consumed(std::size_t octets);

  void on_message(bytes message) override;
  void on_drained() override;
  void on_end(stream_end how, std::string why) override;

private:
  unique_fd wake_;
  mutable std::mutex mutex_;
  std::shared_ptr<bus_stream> stream_;
  std::deque<input> inputs_;
  bool over_ = false;
};

} // namespace troupe::agent
