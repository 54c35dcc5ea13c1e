#pragma once

#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace troupe::publish {

/// A TCP address.
struct endpoint {
  ip_address address;
  std::uint16_t port = 0;

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// One socket that listens, and where its connections lead: to the first of
/// the targets that answers, the one that answered last being asked first.
struct route {
  unique_fd listen;
  std::vector<endpoint> targets;
};

/// Carries TCP connections from sockets of another network namespace into the
/// one its thread runs in. A side that ends its half has that told to the
/// other; a connection that breaks is reset on both.
///
/// At most `connections_max` at a time: others wait in the socket's backlog.
/// A target has `patience_for_target` to take a connection; a client whom no
/// target takes is reset.
class forwarder {
public:
  static constexpr std::size_t connections_max = 512;

  /// Starts the thread, in the caller's network namespace.
  static result<std::unique_ptr<forwarder>> start(std::vector<route> routes);

  /// Resets what is open and waits for the thread.
  ~forwarder();

  forwarder(const forwarder&) = delete;
  forwarder& operator=(const forwarder&) = delete;

private:
  class impl;
  explicit forwarder(std::unique_ptr<impl> made);

  std::unique_ptr<impl> impl_;
};

} // namespace troupe::publish
