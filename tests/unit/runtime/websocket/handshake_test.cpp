#include "runtime/websocket/handshake.hpp"

#include <catch2/catch.hpp>

using troupe::websocket::accept_key;

TEST_CASE("the accept key is RFC 6455's example") {
  CHECK(accept_key("dGhlIHNhbXBsZSBub25jZQ==")
        == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("a key that is no nonce has no answer") {
  CHECK_FALSE(accept_key(""));
  CHECK_FALSE(accept_key("c2hvcnQ="));
  CHECK_FALSE(accept_key("not base64"));
}
