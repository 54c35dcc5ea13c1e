#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace troupe::image {

/// What an answer says before its body, as far as a registry client asks.
struct http_head {
  long status = 0;
  /// WWW-Authenticate, one per line; none of another host than the one asked,
  /// for that host's logins are nothing it may ask for.
  std::vector<std::string> challenges;
  std::string content_range;
  std::string content_digest; ///< Docker-Content-Digest
};

/// Takes the body of a successful answer (2xx). False breaks the transfer off.
class body_sink {
public:
  virtual ~body_sink() = default;
  virtual bool begin(const http_head& head) = 0;
  virtual bool write(bytes_view data) = 0;
};

/// How a request proves who asks; sent to the first host only, never along a
/// redirect to another.
struct http_authorization {
  std::string bearer; ///< a token, or
  std::string username;
  std::string password; ///< a basic login; all empty: none
};

struct http_get {
  std::string url;
  std::string accept{};               ///< header Accept, unless empty
  std::uint64_t offset = 0;           ///< asks for the octets from here on
  std::size_t body_max = 1024 * 1024; ///< of a body that is kept
  http_authorization authorization{};
  /// PEM file of certificates to trust beside the system's, unless empty.
  std::string authorities{};
};

struct http_answer {
  http_head head;
  bytes body; ///< unless it went to the sink
};

/// GET over HTTP and HTTPS. Follows a few redirects, never from https to http;
/// always verifies certificates; keeps connections open between calls. For one
/// thread at a time.
class http_client {
public:
  /// `stall_timeout`: without an octet for so long the transfer is broken.
  explicit http_client(duration stall_timeout);
  ~http_client();

  /// Any status is an answer. Fails with `unavailable` when no whole answer
  /// came, with `too_large` when a body to be kept is past its limit, and with
  /// `conflict` when the sink broke off.
  result<http_answer> get(const http_get& request, body_sink* sink,
                          const std::stop_token& stop);

private:
  struct transfer;

  std::unique_ptr<void, void (*)(void*)> curl_;
  duration stall_timeout_;
};

} // namespace troupe::image
