#include "actors/gateway/token/openid.hpp"

#include "messages/base/base64.hpp"
#include "messages/base/json_escape.hpp"

namespace troupe::gateway {

std::string openid_configuration(const token_settings& settings,
                                 std::string_view address) {
  const auto keys = "https://" + std::string{address} + "/openid/v1/jwks";
  return R"({"issuer":)" + json_string(settings.issuer) + R"(,"jwks_uri":)"
         + json_string(keys)
         + R"(,"response_types_supported":["id_token"],)"
           R"("subject_types_supported":["public"],)"
           R"("id_token_signing_alg_values_supported":["ES256"]})";
}

std::string openid_keys(const signing_key& key) {
  const auto& [x, y] = key.public_point();
  return R"({"keys":[{"use":"sig","kty":"EC","kid":)" + json_string(key.id())
         + R"(,"crv":"P-256","alg":"ES256","x":)"
         + json_string(base64url_encode(x)) + R"(,"y":)"
         + json_string(base64url_encode(y)) + "}]}";
}

} // namespace troupe::gateway
