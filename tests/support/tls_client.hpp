#pragma once

#include "bootstrap/pki/pki.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace troupe::testing {

/// A blocking TLS client on 127.0.0.1 that sends and reads raw octets, so that
/// tests can be as rude as real clients. Every read has a deadline of 30 s.
class tls_client {
public:
  /// Connects; with an empty `own` it brings no certificate.
  tls_client(std::uint16_t port, const std::string& ca,
             const pki::credential& own = {});
  ~tls_client();

  /// Whether the handshake succeeded (with TLS 1.3 a refused client
  /// certificate shows at the first read).
  bool connected() const;

  bool send(const std::string& text);

  /// Reads until `text` occurs in what came since the last call that consumed
  /// it; returns everything up to its end, or what came before the peer closed.
  std::string read_until(const std::string& text);

  /// Reads one HTTP answer with a Content-Length: head and body.
  std::pair<std::string, std::string> read_answer();

  /// True when the peer has closed and nothing is left to read.
  bool at_end();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::testing
