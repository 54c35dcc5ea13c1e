#pragma once

#include "messages/protocol/node_io.hpp"
#include "node/agent/io_stream.hpp"
#include "runtime/port/messenger.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::test {

/// The bus's side of a stream that a node serves: what it was given, and how
/// much of it waits for the client.
class fake_end final : public bus_stream {
public:
  bool send(bytes message) override;
  std::size_t queued() const override;
  void consumed(std::size_t octets) override;
  void half_close() override;
  void reset(std::string why) override;

  /// From now on this many octets wait.
  void queue(std::size_t octets);

  /// Everything sent on a channel.
  bytes sent(node_io::channel on) const;

  /// Octets of the longest message.
  std::size_t longest() const;

  std::size_t consumed_octets() const;
  bool half_closed() const;

  /// True once `on` has carried at least these octets; waits up to 10 s.
  bool wait_sent(node_io::channel on, std::size_t octets) const;

  /// True once so many octets were consumed; waits up to 10 s.
  bool wait_consumed(std::size_t octets) const;

private:
  bytes sent_locked(node_io::channel on) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<bytes> messages_;
  std::size_t queued_ = 0;
  std::size_t consumed_ = 0;
  bool half_closed_ = false;
};

/// A stream of a node, and the client at its other end.
struct io_world {
  std::shared_ptr<fake_end> end = std::make_shared<fake_end>();
  std::shared_ptr<agent::io_stream> stream =
      std::make_shared<agent::io_stream>(end);

  /// The server sends a message on a channel.
  void say(node_io::channel on, const bytes& data) {
    stream->on_message(bytes(1, static_cast<char>(on)) + data);
  }

  void leave() { stream->on_end(stream_end::reset, "the client left"); }

  bytes out() const { return end->sent(node_io::channel::out); }

  bytes status() const { return end->sent(node_io::channel::status); }
};

} // namespace troupe::test
