#pragma once

#include "bootstrap/cluster/layout.hpp"
#include "bootstrap/pki/pki.hpp"
#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"

#include <string>
#include <vector>

namespace troupe::cluster {

/// Certificates and keys of a cluster, as PEM.
struct material {
  /// The cluster's authority. Only `up` needs its key.
  pki::credential authority;
  pki::credential server; ///< of the API
  pki::credential admin;  ///< kubernetes-admin in system:masters
  /// Private key that signs service accounts' tokens.
  std::string signing_key;
};

/// Names and addresses by which clients reach the API: those of the service
/// "kubernetes" and those of this machine.
std::vector<std::string> server_dns_names();
std::vector<std::string> server_ip_addresses();

/// Makes the authority when `files` has none (valid for ten years), and issues
/// new certificates for server and administrator (one year). The key for tokens
/// is made once: without it, all tokens would be worth nothing. Everything is
/// written below `files.pki()`, keys readable by the owner alone. The server's
/// names `more_addresses` too.
result<material>
prepare_material(const layout& files, wall_time now,
                 const std::vector<ip_address>& more_addresses = {});

/// The authority with its key, to issue more certificates.
result<pki::credential> load_authority(const layout& files);

/// What a server needs: all but the keys of authority and administrator.
result<material> load_server_material(const layout& files);

/// What a client on this machine needs: the administrator's credential and the
/// authority's certificate.
result<material> load_admin_material(const layout& files);

} // namespace troupe::cluster
