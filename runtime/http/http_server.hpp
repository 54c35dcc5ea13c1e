#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "runtime/port/http_port.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace troupe::http {

/// Keys and certificates as PEM text.
struct tls_config {
  std::string certificate_chain; ///< our certificate, then intermediates
  std::string private_key;
  /// Client certificates must chain to one of these. Clients may come without
  /// a certificate; one that does not verify ends the handshake.
  std::string client_ca;
};

/// Limits and timeouts of a server. Every limit answers with the HTTP status
/// named beside it.
struct http_server_config {
  tls_config tls;
  unsigned threads = 2;               ///< socket threads, 1..64
  std::size_t connections_max = 4096; ///< further ones are closed at once
  std::uint32_t header_bytes_max = 64 * 1024;     ///< 431
  std::uint64_t body_bytes_max = 3 * 1024 * 1024; ///< 413
  /// Octets queued to a reader that does not keep up; then it is dropped.
  std::size_t stream_buffer_max = 4 * 1024 * 1024;
  /// Bodies from this size on are gzipped for clients that accept it.
  std::size_t gzip_bytes_min = 128 * 1024;
  duration handshake_timeout = std::chrono::seconds{10};
  /// For a request's header, for its body, and for each write of an answer.
  duration request_timeout = std::chrono::seconds{60};
  /// How long what a refused request still sends is read and dropped.
  duration linger_timeout = std::chrono::seconds{5};
  duration idle_timeout = std::chrono::seconds{300}; ///< between requests

  /// Names the first member out of its range.
  status_result validate() const;
};

/// HTTP/1.1 over TLS 1.2+ with optional client certificates. The handler runs
/// on socket threads and must not block. Requests of one connection are handled
/// one after another. Errors before a handler runs (400, 413, 431) carry a
/// metav1.Status body made by `error_body`.
class http_server {
public:
  using error_body = std::function<bytes(int code, std::string_view message)>;

  static result<std::unique_ptr<http_server>>
  make(http_server_config config, http_handler handler, error_body errors);

  /// Ends every connection, joins the threads. No handler runs afterwards.
  ~http_server();

  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Listens on a literal address; port 0 picks one. Returns the port.
  result<std::uint16_t> listen(const std::string& address, std::uint16_t port);

  /// Accepts on a socket that is already listening, and owns it from now on.
  status_result adopt(int listening_fd);

  /// Closes what was adopted and accepts there no more; connections go on, and
  /// what comes waits for whoever has the socket too. Not from a handler.
  void leave(int listening_fd);

  /// Accepts no more; open connections go on. What comes to an adopted socket
  /// waits there for whoever has it too. Not from a handler.
  void stop_listening();

  /// Number of open connections.
  std::size_t connections() const;

private:
  class impl;
  explicit http_server(std::unique_ptr<impl> state);
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::http
