#pragma once

#include "bootstrap/bus/identities.hpp"
#include "bootstrap/bus/server_config.hpp"
#include "bootstrap/pki/pki.hpp"
#include "runtime/nats/nats_messenger.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace troupe::test {

/// A nats-server on a port of the loopback that is its own, configured as a
/// cluster's, in a directory of its own. Dies with its owner.
class nats_process {
public:
  explicit nats_process(bool verify_clients = false);
  ~nats_process();

  nats_process(const nats_process&) = delete;
  nats_process& operator=(const nats_process&) = delete;

  /// Starts it and waits until it listens.
  void start();

  /// Kills it without a word.
  void kill();

  /// What `self` needs to join.
  nats_config config_for(const bus_peer& self) const;

  const pki::credential& authority() const noexcept { return authority_; }

  const bus::authority& identities() const noexcept { return identities_; }

  std::uint16_t port() const noexcept { return config_.port; }

  /// The server's log so far.
  std::string log() const;

  static constexpr const char* cluster_uid = "6d0f9c1e";

private:
  std::string put(const std::string& name, const std::string& text) const;
  bool listens() const;

  std::string directory_;
  int reserved_; ///< keeps the port while the server is down
  pki::credential authority_;
  bus::authority identities_;
  bus::server_config config_;
  pid_t pid_ = -1;
};

/// A certificate of 127.0.0.1 for servers or clients, signed by `authority`.
pki::credential loopback_certificate(const pki::credential& authority,
                                     pki::usage usage);

} // namespace troupe::test
