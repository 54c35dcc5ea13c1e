#pragma once

#include "messages/base/bytes.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// Header lines in the order received; a name may repeat (SPDY offers do).
using http_headers = std::vector<std::pair<std::string, std::string>>;

/// The first value of header `name` (any case), or empty.
std::string_view find_header(const http_headers& headers,
                             std::string_view name);

/// Who is at the other end of the TLS connection.
struct http_peer {
  std::string address;
  /// Subject of a client certificate that chains to our CA and is in its
  /// validity; empty without one. Organisations are Kubernetes groups.
  std::string common_name;
  std::vector<std::string> organizations;
};

struct http_request {
  std::string method;   ///< "GET"
  std::string path;     ///< percent-decoded, without the query
  std::string raw_path; ///< as sent
  /// Decoded parameters in the order received.
  std::vector<std::pair<std::string, std::string>> query;
  http_headers headers;
  bytes body;
  http_peer peer;
};

/// The answer to one request. Thread-safe; may outlive the handler call. The
/// first of `respond` or `start` decides; a connection that goes away makes
/// later calls do nothing. Dropping it unanswered answers 500.
class http_responder {
public:
  virtual ~http_responder() = default;

  /// Sends a whole answer. The body is shared, not copied.
  virtual void respond(int code, http_headers headers, shared_bytes body) = 0;

  /// Begins a chunked answer.
  virtual void start(int code, http_headers headers) = 0;

  /// Sends one chunk at once. False when the peer is gone or more than
  /// `stream_buffer_max` octets wait for it: the caller should end.
  virtual bool write(shared_bytes chunk) = 0;

  /// Ends a chunked answer.
  virtual void finish() = 0;

  /// Called once, from a socket thread, when the peer goes away first.
  virtual void on_close(std::function<void()> callback) = 0;
};

using http_handler =
    std::function<void(http_request, std::shared_ptr<http_responder>)>;

} // namespace troupe
