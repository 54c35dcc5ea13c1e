#pragma once

#include "bootstrap/bus/identities.hpp"
#include "messages/base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::bus {

/// Where another nats-server of the cluster waits for routes.
struct route_address {
  std::string address; ///< "10.88.0.3", named by its certificate
  std::uint16_t port = 0;
};

/// What a nats-server of a cluster is started with; every path is absolute.
struct server_config {
  std::string name;             ///< "s1"
  std::string address;          ///< it listens on, "10.88.0.2"
  std::uint16_t port = 4222;    ///< 1 to 65535
  std::string certificate_file; ///< its own, PEM
  std::string private_key_file; ///< PEM
  std::string authority_file;   ///< signs clients' certificates, PEM
  bool verify_clients = false;  ///< refuse clients without a certificate
  std::string pid_file;
  std::string log_file;
  /// The others that carry the bus with it; none: it is the only one, and the
  /// two members below mean nothing. Its certificate is shown to them as a
  /// server's and as a client's, and theirs must be the authority's.
  std::vector<route_address> routes = {};
  std::string cluster_name = {}; ///< the same for all
  std::uint16_t route_port = 0;  ///< of its own address
};

/// The configuration file's text (`nats-server -c FILE`): TLS and JWTs for
/// everybody, no monitoring port, no system account that a user could be in.
/// Nothing in it changes when a process joins. Fails with `invalid_argument`
/// for a text that cannot be quoted, and for routes while `by` knows no
/// password for them.
result<std::string> server_config_text(const server_config& config,
                                       const authority& by);

} // namespace troupe::bus
