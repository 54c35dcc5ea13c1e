#pragma once

#include "messages/protocol/node_io.hpp"
#include "runtime/port/messenger.hpp"

#include <condition_variable>
#include <mutex>
#include <vector>

namespace troupe::test {

/// The other side of a stream that was opened: a test says what the node does.
class fake_stream final : public bus_stream {
public:
  fake_stream(std::string address, message_type type, bytes payload,
              std::shared_ptr<bus_stream_handler> handler);

  bool send(bytes message) override;
  std::size_t queued() const override;
  void consumed(std::size_t octets) override;
  void half_close() override;
  void reset(std::string why) override;

  /// The node sends a message on a channel.
  void say(node_io::channel channel, const bytes& data);

  /// The node sends no more, or the bus says so.
  void end(stream_end how, const std::string& why = {});

  /// From now on messages wait for the node.
  void fill();

  /// The node takes what waits.
  void drain();

  /// Messages since the last call, and whether they came within 30 s.
  std::vector<bytes> take_sent();
  bool wait_sent(std::size_t messages);

  std::size_t consumed_octets() const;
  bool half_closed() const;
  std::string reset_text() const;
  /// The reset came within 30 s.
  bool wait_reset();

  const std::string address;
  const message_type type;
  const bytes payload;

private:
  std::shared_ptr<bus_stream_handler> handler() const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<bus_stream_handler> handler_; ///< until the end
  std::vector<bytes> sent_;
  std::size_t consumed_ = 0;
  std::string reset_;
  bool full_ = false;
  bool half_closed_ = false;
  bool ended_ = false;
};

/// A bus on which only streams are opened.
class fake_messenger final : public messenger {
public:
  void ask(std::string address, message_type type, bytes payload,
           mono_time deadline,
           std::function<void(result<bus_answer>)> done) override;
  std::shared_ptr<bus_stream>
  open(std::string address, message_type type, bytes payload,
       std::shared_ptr<bus_stream_handler> handler) override;
  std::unique_ptr<bus_registration>
  serve(std::string address, std::shared_ptr<bus_service> service) override;
  bool connected() const override;

  void disconnect();

  /// The newest stream; waits up to 30 s for the first. Null without one.
  std::shared_ptr<fake_stream> stream();

  std::size_t opened() const;

  /// Every stream that goes on is lost.
  void lose_all();

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<fake_stream>> streams_;
  bool connected_ = true;
};

} // namespace troupe::test
