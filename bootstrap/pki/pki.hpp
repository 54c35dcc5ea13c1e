#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"

#include <string>
#include <vector>

namespace troupe::pki {

/// A certificate and its private key, each as PEM.
struct credential {
  std::string certificate;
  std::string private_key;
};

/// Whom a certificate names. For clients the common name is the Kubernetes
/// user and each organisation a group.
struct subject {
  std::string common_name;
  std::vector<std::string> organizations;
};

enum class usage { server, client, server_and_client };

struct certificate_request {
  pki::subject subject;
  pki::usage usage = usage::client;
  std::vector<std::string> dns_names;    ///< subject alternative names
  std::vector<std::string> ip_addresses; ///< literals
  wall_time not_before;
  wall_time not_after;
};

/// A self-signed authority (ECDSA P-256) that may issue leaf certificates.
result<credential> make_authority(const std::string& common_name,
                                  wall_time not_before, wall_time not_after);

/// A certificate (ECDSA P-256) signed by `authority`. Fails with
/// `invalid_argument` when the authority's PEM does not parse.
result<credential> issue(const credential& authority,
                         const certificate_request& request);

/// A private key (ECDSA P-256) as PEM, to sign service accounts' tokens with.
result<std::string> make_signing_key();

/// Whether the certificate is valid at `now`; the error says from or until
/// when it is.
status_result check_validity(const std::string& certificate, wall_time now);

} // namespace troupe::pki
