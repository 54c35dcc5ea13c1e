#pragma once

#include "messages/base/result.hpp"
#include "runtime/port/messenger.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// How a process joins its cluster's bus.
struct nats_config {
  /// "tls://10.88.0.2:4222", each of one NATS cluster; at least one. A
  /// connection that is lost goes to another.
  std::vector<std::string> urls;

  /// The first of them is tried first and the others in turn; else, by chance.
  bool first_url_first = false;

  /// The authority that signed the NATS server's certificate, PEM.
  std::string ca_pem;

  /// The name the server's certificate must carry; empty: the URL's host.
  std::string server_name;

  /// What this process shows when the server asks for a certificate, PEM;
  /// both or neither.
  std::string certificate_pem;
  std::string private_key_pem;

  /// A user JWT and its seed, as bootstrap/bus makes them.
  std::string credentials;

  /// Roots all subjects; the messages of another cluster are dropped.
  std::string cluster_uid;

  /// Who this process is; its credentials let it be nobody else.
  bus_peer self;

  /// Grows with each start of the process (wall nanoseconds will do): answers
  /// and stream messages meant for an earlier life are dropped. Not 0.
  std::uint64_t incarnation = 0;
};

/// A messenger on NATS. Returns at once, connected or not: it keeps trying,
/// with backoff and jitter, for as long as it lives. Fails with
/// `invalid_argument` when a field does not parse. Destroying it fails what is
/// under way and waits for callbacks that run; it must not happen within one.
result<std::unique_ptr<messenger>> make_nats_messenger(nats_config config);

} // namespace troupe
