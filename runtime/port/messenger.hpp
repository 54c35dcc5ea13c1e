#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "messages/protocol/message_types.hpp"
#include "runtime/base/reply.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

/// How actors reach actors of other processes. An address is a path:
/// "/server/s1/gateway", "/node/n1/pod/<uid>"; its first two steps name the
/// process. "/server/any/..." reaches one of the servers that serve it.
/// Everything here is safe from any thread; callbacks come from the bus's own
/// threads, one at a time for each stream, and must not block.
namespace troupe {

/// Octets of one request, answer or stream message; more is refused.
inline constexpr std::size_t bus_message_max = 4 * 1024 * 1024;

/// Octets of a stream's messages that may be under way unconsumed.
inline constexpr std::size_t stream_window = 256 * 1024;

/// Who sent a message: what the bus enforces, never the message's own word.
struct bus_peer {
  std::string role; ///< "server" or "node"
  std::string name; ///< "s1", "n1"

  friend bool operator==(const bus_peer&, const bus_peer&) = default;
};

/// What one actor asks of another.
struct bus_request {
  bus_peer from;
  std::string address; ///< of the receiver, whole
  message_type type{};
  bytes payload;
  mono_time deadline{}; ///< by the receiver's clock; streams have none
};

struct bus_answer {
  message_type type{}; ///< none (0): the receiver gave no answer
  bytes payload;
  bus_peer from = {}; ///< filled in by the bus
};

/// How a stream ended.
enum class stream_end : std::uint8_t {
  closed,  ///< both sides said they were done
  refused, ///< the other side did not take it; the text says why
  reset,   ///< one side broke it off; the text says why
  lost,    ///< messages went missing, or nothing came for too long
};

/// One end of a stream: messages in order, none lost, none twice, or an end.
/// Dropping the last reference resets it.
class bus_stream {
public:
  virtual ~bus_stream() = default;

  /// Queues a message, not an empty one. False when the stream has ended. What
  /// exceeds the receiver's window waits here: look at `queued`.
  virtual bool send(bytes message) = 0;

  /// Octets that wait for the receiver.
  virtual std::size_t queued() const = 0;

  /// Tells the sender that this many octets of its messages were dealt with.
  virtual void consumed(std::size_t octets) = 0;

  /// No message will follow from this side.
  virtual void half_close() = 0;

  /// Ends it both ways; what is queued is dropped.
  virtual void reset(std::string why) = 0;
};

/// What the holder of a stream's end hears.
class bus_stream_handler {
public:
  virtual ~bus_stream_handler() = default;

  virtual void on_message(bytes message) = 0;

  /// Everything queued has been sent: room for more.
  virtual void on_drained() {}

  /// The other side sends no more.
  virtual void on_half_close() {}

  /// Last call, exactly once.
  virtual void on_end(stream_end how, std::string why) = 0;
};

/// What answers at an address.
class bus_service {
public:
  virtual ~bus_service() = default;

  /// A request; the reply may come later, from any thread, before its deadline.
  virtual void on_request(bus_request request, reply<bus_answer> answer) = 0;

  /// Somebody opens a stream. Returns who hears it, or why it is refused.
  virtual result<std::shared_ptr<bus_stream_handler>>
  on_open(bus_request request, std::shared_ptr<bus_stream> stream) = 0;
};

/// Ends what it was given for when destroyed; no call comes after that.
class bus_registration {
public:
  virtual ~bus_registration() = default;
};

class messenger {
public:
  virtual ~messenger() = default;

  /// At most once: fails with `unavailable` when there is no answer by the
  /// deadline, nobody serves the address, or the bus is away. An unanswered
  /// request may or may not have been carried out.
  virtual void ask(std::string address, message_type type, bytes payload,
                   mono_time deadline,
                   std::function<void(result<bus_answer>)> done) = 0;

  /// Opens a stream; messages may be sent at once. A refusal comes as `on_end`,
  /// possibly from within this call.
  virtual std::shared_ptr<bus_stream>
  open(std::string address, message_type type, bytes payload,
       std::shared_ptr<bus_stream_handler> handler) = 0;

  /// Serves `address` and what is below it; the longest match is asked.
  virtual std::unique_ptr<bus_registration>
  serve(std::string address, std::shared_ptr<bus_service> service) = 0;

  /// Whether the bus is connected now: others reach this process.
  virtual bool connected() const = 0;
};

} // namespace troupe
