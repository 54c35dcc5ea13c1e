#pragma once

#include "messages/base/bytes.hpp"

#include <string>

namespace troupe {

/// A key pair for ES256: ECDSA on P-256 with SHA-256 (RFC 7518 section 3.4).
/// Safe from any thread; does not block.
class signing_key {
public:
  virtual ~signing_key() = default;

  /// Names the public half, whoever computes it: base64url of the SHA-256 of
  /// its SubjectPublicKeyInfo.
  virtual const std::string& id() const = 0;

  /// The signature's 64 octets: R, then S.
  virtual bytes sign(bytes_view data) const = 0;

  /// False for any octets that are no signature of `data` by this key.
  virtual bool verify(bytes_view data, bytes_view signature) const = 0;

  /// The public point, 32 octets each.
  struct point {
    bytes x;
    bytes y;
  };

  virtual const point& public_point() const = 0;
};

} // namespace troupe
