#include "messages/base/base64.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("base64 follows RFC 4648 section 10") {
  struct row {
    const char* plain;
    const char* coded;
  };

  const row rows[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& r : rows) {
    CHECK(base64_encode(r.plain) == r.coded);
    REQUIRE(base64_decode(r.coded));
    CHECK(base64_decode(r.coded).value() == r.plain);
  }
}

TEST_CASE("base64url uses the other two characters and no padding") {
  CHECK(base64url_encode("\xfb\xff\xfe") == "-__-");
  CHECK(base64_encode("\xfb\xff\xfe") == "+//+");
  CHECK(base64url_decode("-__-").value() == "\xfb\xff\xfe");
  CHECK(base64url_decode("Zg").value() == "f");
}

TEST_CASE("base64 refuses what is no base64") {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "Z===", "Zm9v=", "Zm 9v",
                           "Zm9v!", "=", "====", "Zg==Zg=="}) {
    INFO(text);
    CHECK_FALSE(base64_decode(text));
  }
  CHECK(base64_decode("Zm9v\nYmFy\r\n").value() == "foobar");
}
