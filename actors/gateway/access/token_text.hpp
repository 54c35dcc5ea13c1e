#pragma once

#include "messages/base/result.hpp"
#include "runtime/port/signing_key.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Service accounts' tokens as text: JSON Web Tokens in compact form (RFC 7519,
/// RFC 7515) with Kubernetes' private claims.
namespace troupe::gateway {

/// Octets of a token's text; a longer one is none. Upstream's HTTP server takes
/// headers of 1 MiB, but no token of ours comes near this.
inline constexpr std::size_t token_size_max = 16 * 1024;

/// An object a token is about. Without a uid only its name is told.
struct token_reference {
  std::string name;
  std::string uid;

  friend bool operator==(const token_reference&,
                         const token_reference&) = default;
};

/// What a token says. Times are seconds since 1970.
struct token_claims {
  std::string issuer;
  std::string subject;
  std::vector<std::string> audiences;
  std::optional<std::int64_t> expires;
  std::optional<std::int64_t> issued_at;
  std::optional<std::int64_t> not_before;
  std::string id; ///< "jti"

  // Below "kubernetes.io".
  std::string ns;
  token_reference account;
  std::optional<token_reference> pod;
  std::optional<token_reference> secret;
  std::optional<token_reference> node;
  /// From when on its use is worth a word; expires much later then.
  std::optional<std::int64_t> warn_after;

  friend bool operator==(const token_claims&, const token_claims&) = default;
};

/// A token taken apart; nothing in it is to be believed before `signed_part`
/// is found to be signed.
struct token_text {
  std::string algorithm;
  std::string key_id;
  token_claims claims;
  std::string_view signed_part; ///< of the text given
  bytes signature;
};

/// Fails with `invalid_argument`, or `too_large`, on anything but three parts
/// of which the first two are JSON objects with claims of their types. Unknown
/// members are passed over, unless the header says that they are critical.
result<token_text> parse_token(std::string_view text);

/// The token with its signature. Members are sorted by name and those that are
/// empty left out, as upstream's are.
std::string compose_token(const token_claims& claims, const signing_key& key);

} // namespace troupe::gateway
