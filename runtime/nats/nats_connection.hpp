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

/// Where the messages of a connection go; until it is opened, nowhere. NATS'
/// threads may outlive a connection by a moment, so they share this with it.
class nats_inlet {
public:
  void open(bus_listener& listener);

  void take(natsMsg* message);

  /// No call of the listener comes after it; waits for one that runs.
  void close();

private:
  std::mutex mutex_;
  bus_listener* listener_ = nullptr;
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
