#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// Ed25519 keys in NATS' spelling: base32 of a prefix that says what they are
/// for, the octets, and a CRC-16 (https://github.com/nats-io/nkeys).
namespace troupe::bus {

enum class nkey_kind : std::uint8_t {
  operator_ = 14 << 3, ///< public keys begin with "O", seeds with "SO"
  account = 0,         ///< "A", "SA"
  user = 20 << 3,      ///< "U", "SU"
};

/// A key pair. Secret.
class nkey {
public:
  static nkey make(nkey_kind kind);

  /// Fails with `corrupt` unless `seed` is the seed of a key of that kind.
  static result<nkey> parse(std::string_view seed, nkey_kind kind);

  std::string seed() const;
  std::string public_key() const;

  /// The 64 octets of the signature.
  bytes sign(bytes_view data) const;

private:
  using raw_key = std::array<std::uint8_t, 32>;

  nkey(nkey_kind kind, const raw_key& secret) : kind_{kind}, secret_{secret} {}

  nkey_kind kind_;
  raw_key secret_;
};

/// Base32 (RFC 4648) without padding.
std::string encode_base32(bytes_view data);

/// Fails with `corrupt`; refuses lower case and padding.
result<bytes> decode_base32(std::string_view text);

} // namespace troupe::bus
