#include "bootstrap/pki/pki.hpp"
#include "messages/base/base64.hpp"
#include "runtime/signing/es256_key.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

// The key of RFC 7515, appendix A.3, in PEM.
constexpr std::string_view rfc_key = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff
H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp
7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt
-----END PRIVATE KEY-----
)";

// "header.payload" of the same appendix, and its signature.
constexpr std::string_view rfc_input =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
    "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view rfc_signature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
    "pmWQxfKTUJqPP3-Kg6NU1Q";

} // namespace

TEST_CASE("es256 keys: the example of RFC 7515 verifies") {
  const auto key = signing::read_es256_key(rfc_key).value();
  const auto signature = base64url_decode(rfc_signature).value();
  CHECK(key->verify(rfc_input, signature));
  CHECK(base64url_encode(key->public_point().x)
        == "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
  CHECK(base64url_encode(key->public_point().y)
        == "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
}

TEST_CASE("es256 keys: only the key's own signature of the same octets holds") {
  const auto key =
      signing::read_es256_key(pki::make_signing_key().value()).value();
  const auto other =
      signing::read_es256_key(pki::make_signing_key().value()).value();
  const auto signature = key->sign("text");
  REQUIRE(signature.size() == 64);
  CHECK(key->verify("text", signature));
  CHECK_FALSE(key->verify("Text", signature));
  CHECK_FALSE(other->verify("text", signature));
  CHECK(key->id() != other->id());
  for (std::size_t i = 0; i < signature.size(); ++i) {
    auto changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(key->verify("text", changed));
  }
  CHECK_FALSE(key->verify("text", signature.substr(1)));
  CHECK_FALSE(key->verify("text", signature + '\0'));
  CHECK_FALSE(key->verify("text", std::string(64, '\0')));
  CHECK_FALSE(key->verify("text", std::string(64, '\xff')));
}

TEST_CASE("es256 keys: the id is the same whoever computes it") {
  const auto key = signing::read_es256_key(rfc_key).value();
  CHECK(key->id() == signing::read_es256_key(rfc_key).value()->id());
  CHECK(base64url_decode(key->id()).value().size() == 32);
}

TEST_CASE("es256 keys: what is none is refused") {
  constexpr std::string_view p384 = R"(-----BEGIN PRIVATE KEY-----
MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBNTLRJPCuOGlIvCHds
pxTRQ6dcJ09eVupkIVxdas+4keuQExAdRUfWIBATw+3g4UGhZANiAAQQp7SVh3BO
eYxQp0C+KmrLlLC+q/w+85pE3iJVH+SW+XqHI8ocZFmrS6XYqC5S5AVZdKSplFYo
L97LUi2EK1493VICGcBqmBRcT0BaNPooUbuYFXOontGqb7YBvmKsriM=
-----END PRIVATE KEY-----
)";
  for (const std::string_view text :
       {std::string_view{}, std::string_view{"no key"}, p384,
        rfc_key.substr(0, rfc_key.size() / 2)}) {
    const auto read = signing::read_es256_key(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::invalid_argument);
  }
}
