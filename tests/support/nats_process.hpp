#pragma once

#include "bootstrap/bus/identities.hpp"
#include "bootstrap/bus/server_config.hpp"
#include "bootstrap/pki/pki.hpp"
#include "runtime/nats/nats_messenger.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::test {

/// A port of the loopback that the kernel gives to nobody else, while a server
/// that names it may listen there.
class reserved_port {
public:
  reserved_port();
  ~reserved_port();

  reserved_port(const reserved_port&) = delete;
  reserved_port& operator=(const reserved_port&) = delete;

  std::uint16_t number() const noexcept { return number_; }

private:
  int socket_;
  std::uint16_t number_;
};

/// What the nats-servers of one cluster have in common.
struct nats_family {
  pki::credential authority;
  bus::authority identities;

  static nats_family make();
};

/// How a nats-server differs from one that is alone.
struct nats_place {
  std::string name = "s1";
  bool verify_clients = false;
  bool stranger = false; ///< its certificate is of another authority
  std::uint16_t route_port = 0;
  /// Where the others wait; none: it is alone.
  std::vector<std::uint16_t> routes = {};
};

/// A nats-server on a port of the loopback that is its own, configured as a
/// cluster's, in a directory of its own. Dies with its owner.
class nats_process {
public:
  explicit nats_process(bool verify_clients = false);
  nats_process(nats_family family, const nats_place& place);
  ~nats_process();

  nats_process(const nats_process&) = delete;
  nats_process& operator=(const nats_process&) = delete;

  /// Starts it and waits until it listens.
  void start();

  /// Kills it without a word.
  void kill();

  /// What `self` needs to join.
  nats_config config_for(const bus_peer& self) const;

  const pki::credential& authority() const noexcept {
    return family_.authority;
  }

  const bus::authority& identities() const noexcept {
    return family_.identities;
  }

  std::uint16_t port() const noexcept { return config_.port; }

  /// "tls://127.0.0.1:34567".
  std::string url() const;
  /// Of the server that runs; negative: none does.
  pid_t pid() const noexcept { return pid_; }

  /// The server's log so far.
  std::string log() const;

  static constexpr const char* cluster_uid = "6d0f9c1e";

private:
  std::string put(const std::string& name, const std::string& text) const;
  bool listens() const;

  std::string directory_;
  reserved_port port_;
  nats_family family_;
  pki::credential signer_; ///< of its certificate
  bus::server_config config_;
  pid_t pid_ = -1;
};

/// A certificate of 127.0.0.1 for servers or clients, signed by `authority`.
pki::credential loopback_certificate(const pki::credential& authority,
                                     pki::usage usage);

} // namespace troupe::test
