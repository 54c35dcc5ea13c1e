#pragma once

#include "messages/base/result.hpp"
#include "runtime/http/http_server.hpp"

#include <boost/asio/ssl/context.hpp>

namespace troupe::http {

/// A TLS 1.2+ server context that asks for a client certificate and verifies
/// one that is given.
result<boost::asio::ssl::context> make_tls_context(const tls_config& config);

/// Subject of the verified certificate the peer presented, if any, into `peer`.
void read_peer_certificate(SSL* session, http_peer& peer);

} // namespace troupe::http
