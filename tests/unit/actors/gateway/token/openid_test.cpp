#include "actors/gateway/token/openid.hpp"
#include "messages/codec/json.hpp"
#include "tests/unit/actors/gateway/token/token_world.hpp"

using namespace troupe;
using namespace troupe::gateway;

TEST_CASE("openid: issuer, and where the keys are") {
  CHECK(openid_configuration({}, "127.0.0.1:6443")
        == R"({"issuer":"https://kubernetes.default.svc.cluster.local",)"
           R"("jwks_uri":"https://127.0.0.1:6443/openid/v1/jwks",)"
           R"("response_types_supported":["id_token"],)"
           R"("subject_types_supported":["public"],)"
           R"("id_token_signing_alg_values_supported":["ES256"]})");
}

TEST_CASE("openid: the key that tokens name") {
  test::token_world at;
  const auto text = openid_keys(*at.key);
  CHECK(text.starts_with(R"({"keys":[{"use":"sig","kty":"EC","kid":")"
                         + at.key->id()
                         + R"(","crv":"P-256","alg":"ES256","x":")"));
  CHECK(codec::decode_json(text, nullptr).has_value());
  CHECK(parse_token(at.token("{}")).value().key_id == at.key->id());
}
