#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "runtime/bus/bus_port.hpp"
#include "runtime/nats/credentials.hpp"
#include "runtime/nats/nats_messenger.hpp"

#include <nats/nats.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::bus {

struct free_message {
  void operator()(natsMsg* message) const { natsMsg_Destroy(message); }
};

using message_ptr = std::unique_ptr<natsMsg, free_message>;

/// Messages that may wait for an inlet to be opened; further ones are dropped.
inline constexpr std::size_t inlet_waiting_max = 4096;

/// Where the messages of a connection go. Those that come before it is opened
/// wait: their senders were told that somebody is there. NATS' threads may
/// outlive a connection by a moment, so they share this with it.
class nats_inlet {
public:
  /// Hands over what has waited, in order, before it returns.
  void open(bus_listener& listener);

  void take(message_ptr message);

  /// No call of the listener comes after it; waits for one that runs. What
  /// comes later is dropped.
  void close();

private:
  void hand_over(natsMsg& message);

  std::mutex mutex_;
  bus_listener* listener_ = nullptr;
  bool closed_ = false;
  std::vector<message_ptr> waiting_;
};

/// One lane's connection. Safe from any thread.
class nats_connection {
public:
  /// Tries once to connect, then goes on trying in the background until
  /// `given_up` is called: nats.c ends a connection that the server refused at
  /// the first try, or whose credentials it refused twice in a row. Fails with
  /// `invalid_argument` when an option is none, and with `unavailable` when it
  /// was given up at once.
  static result<std::unique_ptr<nats_connection>>
  open(const nats_config& config, const nats_credentials& credentials, lane on,
       const std::shared_ptr<nats_inlet>& inlet,
       std::function<void()> given_up);

  ~nats_connection();

  nats_connection(const nats_connection&) = delete;
  nats_connection& operator=(const nats_connection&) = delete;

  status_result publish(const std::string& subject, const std::string& reply_to,
                        bytes_view octets);

  /// Whether the server is there and has read the subscriptions: who hears of
  /// this process finds it listening.
  bool connected() const;

  /// Whether it was given up.
  bool closed() const;

private:
  nats_connection() = default;

  status_result subscribe(const subscription& what,
                          const std::shared_ptr<nats_inlet>& inlet);

  natsConnection* connection_ = nullptr;
  std::shared_ptr<void> context_; ///< of its callbacks
  std::vector<natsSubscription*> subscriptions_;
};

} // namespace troupe::bus
