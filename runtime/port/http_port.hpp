#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/time_point.hpp"

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

/// What hears the other side of a tunnel. Calls come from a socket thread, one
/// at a time, and must not block.
class http_tunnel_handler {
public:
  virtual ~http_tunnel_handler() = default;

  /// Octets as the peer sent them, in order, cut anywhere.
  virtual void on_data(bytes data) = 0;

  /// Everything written is with the kernel: room for more.
  virtual void on_drained() = 0;

  /// Last call, exactly once, whoever ended the tunnel. A peer that closes its
  /// sending side counts as gone: no protocol spoken here goes on after that.
  virtual void on_close() = 0;
};

/// A connection after an upgrade: octets both ways (RFC 9110, section 7.8).
/// Thread-safe. Dropping the last reference closes it.
class http_tunnel {
public:
  virtual ~http_tunnel() = default;

  /// Queues octets. False when the tunnel has ended, or when more than
  /// `stream_buffer_max` octets would wait: nothing of it is sent then. A peer
  /// that does not read is waited for without end.
  virtual bool write(shared_bytes data) = 0;

  /// Reading begins with the first `resume`. After `pause` no more than what
  /// was under way is heard; the rest waits with the peer.
  virtual void pause() = 0;
  virtual void resume() = 0;

  /// Ends the tunnel this long from now; none: not any more.
  virtual void expire_after(std::optional<duration> time) = 0;

  /// Sends what is queued, then ends the tunnel.
  virtual void close() = 0;
};

/// The answer to one request. Thread-safe; may outlive the handler call. The
/// first of `respond`, `start` or `upgrade` decides; a connection that goes
/// away makes later calls do nothing. Dropping it unanswered answers 500.
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

  /// Calls back from a socket thread whenever all chunks are with the kernel.
  /// A writer that asks for it waits for the peer: from now on a peer that does
  /// not read is waited for without end, within `stream_buffer_max`.
  virtual void on_drained(std::function<void()> callback) = 0;

  /// Ends a chunked answer.
  virtual void finish() = 0;

  /// Answers 101 with `headers` and `Connection: Upgrade`; the connection then
  /// belongs to the tunnel, which keeps `handler` until `on_close`. Null when
  /// the request was answered before; a peer already gone shows as `on_close`.
  virtual std::shared_ptr<http_tunnel>
  upgrade(http_headers headers,
          std::shared_ptr<http_tunnel_handler> handler) = 0;

  /// Called once, from a socket thread, when the peer goes away first.
  virtual void on_close(std::function<void()> callback) = 0;
};

using http_handler =
    std::function<void(http_request, std::shared_ptr<http_responder>)>;

} // namespace troupe
