#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "runtime/bus/subject.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::bus {

/// What hears a bus. Called from the bus's threads, messages of one lane in
/// their order; must not block.
class bus_listener {
public:
  virtual ~bus_listener() = default;

  virtual void on_message(std::string_view subject, bytes_view octets) = 0;

  /// A message whose `reply_to` carried this id had no receiver.
  virtual void on_nobody(std::uint64_t id) = 0;
};

/// One process's place on a bus that carries messages by subject, at most once,
/// in order within a lane. Safe from any thread.
class bus_port {
public:
  virtual ~bus_port() = default;

  /// Subscribes (`subscriptions` of subject.hpp, for each lane) and begins to
  /// call `listener`, which lives until `stop` returned. Once.
  virtual status_result start(bus_listener& listener) = 0;

  /// No call comes after it; waits for one that runs. Must not be called from
  /// the listener.
  virtual void stop() = 0;

  /// Hands a message over, and may block while the network does. Fails with
  /// `unavailable` at once when the bus is away: nothing is kept for later.
  virtual status_result publish(lane on, const std::string& subject,
                                const std::string& reply_to,
                                bytes_view octets) = 0;

  /// Whether every lane is connected and listens to its subjects.
  virtual bool connected() const = 0;
};

} // namespace troupe::bus
