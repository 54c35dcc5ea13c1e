#include "bootstrap/bus/jwt.hpp"

#include "messages/base/base64.hpp"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

namespace troupe::bus {

namespace {

using nlohmann::json;

constexpr int claims_version = 2;
constexpr int unlimited = -1;

/// The claims' own digest is their id.
std::string digest(bytes_view data) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  const auto done =
      EVP_Digest(data.data(), data.size(), out, &size, EVP_sha256(), nullptr);
  TROUPE_CHECK(done == 1, "SHA-256 is there");
  return encode_base32({reinterpret_cast<const char*>(out), size});
}

std::string sign_claims(const nkey& signer, const std::string& subject,
                        std::string_view name, json nats, wall_time now) {
  using namespace std::chrono;
  nats["version"] = claims_version;
  json claims{
      {"iat", duration_cast<seconds>(now.time_since_epoch()).count()},
      {"iss", signer.public_key()},
      {"name", name},
      {"sub", subject},
      {"nats", std::move(nats)},
  };
  claims["jti"] = digest(claims.dump());
  const json header{{"typ", "JWT"}, {"alg", "ed25519-nkey"}};
  auto text =
      base64url_encode(header.dump()) + "." + base64url_encode(claims.dump());
  const auto signature = signer.sign(text);
  return text + "." + base64url_encode(signature);
}

} // namespace

std::string operator_jwt(const nkey& key, std::string_view name,
                         wall_time now) {
  return sign_claims(key, key.public_key(), name, {{"type", "operator"}}, now);
}

std::string account_jwt(const nkey& signer, const std::string& account_key,
                        std::string_view name, wall_time now) {
  const json limits{
      {"subs", unlimited},    {"data", unlimited},    {"payload", unlimited},
      {"imports", unlimited}, {"exports", unlimited}, {"wildcards", true},
      {"conn", unlimited},    {"leaf", unlimited},
  };
  return sign_claims(signer, account_key, name,
                     {{"type", "account"}, {"limits", limits}}, now);
}

std::string user_jwt(const nkey& signer, const std::string& user_key,
                     std::string_view name, const user_permissions& may,
                     wall_time now) {
  const json nats{
      {"type", "user"},
      {"pub", {{"allow", may.publish}}},
      {"sub", {{"allow", may.subscribe}}},
      {"subs", unlimited},
      {"data", unlimited},
      {"payload", unlimited},
      {"allowed_connection_types", json::array({"STANDARD"})},
  };
  return sign_claims(signer, user_key, name, nats, now);
}

} // namespace troupe::bus
