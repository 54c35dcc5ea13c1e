#include "actors/gateway/access/token_text.hpp"
#include "bootstrap/pki/pki.hpp"
#include "messages/base/base64.hpp"
#include "runtime/signing/es256_key.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;

namespace {

std::shared_ptr<const signing_key> new_key() {
  return signing::read_es256_key(pki::make_signing_key().value()).value();
}

token_claims sample() {
  token_claims out;
  out.issuer = "https://kubernetes.default.svc.cluster.local";
  out.subject = "system:serviceaccount:default:web";
  out.audiences = {"a", "b"};
  out.expires = 1767326652;
  out.issued_at = 1767323045;
  out.not_before = 1767323045;
  out.id = "6e1ae3a2-9d4b-4c26-8b66-b9ae5a0a3c11";
  out.ns = "default";
  out.account = {"web", "u1"};
  out.pod = {{"web-1", "u2"}};
  out.node = {{"n1", ""}};
  out.warn_after = 1767326652;
  return out;
}

/// A token of these two JSON texts, signed by nobody.
std::string unsigned_token(std::string_view header, std::string_view claims) {
  return base64url_encode(header) + "." + base64url_encode(claims) + ".c2ln";
}

std::string part(const std::string& token, int index) {
  auto rest = token;
  for (; index > 0; --index)
    rest.erase(0, rest.find('.') + 1);
  return base64url_decode(rest.substr(0, rest.find('.'))).value();
}

} // namespace

TEST_CASE("token text: what is written is read, and verifies") {
  const auto key = new_key();
  const auto text = compose_token(sample(), *key);
  const auto read = parse_token(text);
  REQUIRE(read);
  CHECK(read->algorithm == "ES256");
  CHECK(read->key_id == key->id());
  CHECK(read->claims == sample());
  CHECK(key->verify(read->signed_part, read->signature));
  CHECK_FALSE(new_key()->verify(read->signed_part, read->signature));
}

TEST_CASE("token text: the members are upstream's, sorted") {
  const auto key = new_key();
  const auto text = compose_token(sample(), *key);
  CHECK(part(text, 0) == R"({"alg":"ES256","kid":")" + key->id() + R"("})");
  CHECK(part(text, 1)
        == R"({"aud":["a","b"],"exp":1767326652,"iat":1767323045,)"
           R"("iss":"https://kubernetes.default.svc.cluster.local",)"
           R"("jti":"6e1ae3a2-9d4b-4c26-8b66-b9ae5a0a3c11",)"
           R"("kubernetes.io":{"namespace":"default","node":{"name":"n1"},)"
           R"("pod":{"name":"web-1","uid":"u2"},)"
           R"("serviceaccount":{"name":"web","uid":"u1"},)"
           R"("warnafter":1767326652},"nbf":1767323045,)"
           R"("sub":"system:serviceaccount:default:web"})");
}

TEST_CASE("token text: what is read leniently") {
  const auto one =
      parse_token(unsigned_token(R"({"alg":"none"})", R"({"aud":"a"})"));
  REQUIRE(one);
  CHECK(one->algorithm == "none");
  CHECK(one->claims.audiences == std::vector<std::string>{"a"});
  CHECK_FALSE(one->claims.expires);
  const auto fraction =
      parse_token(unsigned_token("{}", R"({"exp":12.9,"more":[1,{}]})"));
  REQUIRE(fraction);
  CHECK(fraction->claims.expires == 12);
}

TEST_CASE("token text: what is no token") {
  const std::string good = unsigned_token("{}", "{}");
  REQUIRE(parse_token(good));
  const std::string texts[] = {
      "",
      ".",
      "..",
      "a.b",
      good + ".",
      "x" + good,
      "=" + good,
      good + "=",
      unsigned_token("[]", "{}"),
      unsigned_token("{}", "[]"),
      unsigned_token("{", "{}"),
      unsigned_token("{}", "7"),
      unsigned_token(R"({"alg":7})", "{}"),
      unsigned_token(R"({"crit":["exp"]})", "{}"),
      unsigned_token("{}", R"({"iss":1})"),
      unsigned_token("{}", R"({"aud":[1]})"),
      unsigned_token("{}", R"({"aud":{}})"),
      unsigned_token("{}", R"({"exp":"1"})"),
      unsigned_token("{}", R"({"exp":1e300})"),
      unsigned_token("{}", R"({"exp":9223372036854775807})"),
      unsigned_token("{}", R"({"kubernetes.io":[]})"),
      unsigned_token("{}", R"({"kubernetes.io":{"pod":"p"}})"),
      unsigned_token("{}", R"({"kubernetes.io":{"pod":{"uid":1}}})"),
      unsigned_token("{}", R"({"kubernetes.io":{"warnafter":""}})"),
  };
  for (const auto& text : texts) {
    INFO(text);
    CHECK_FALSE(parse_token(text));
  }
  const auto large = parse_token(std::string(token_size_max + 1, 'a'));
  REQUIRE_FALSE(large);
  CHECK(large.error().code == errc::too_large);
}
