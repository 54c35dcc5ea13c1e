#include "messages/base/utf8.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("well-formed UTF-8 is accepted") {
  for (const char* text : {"", "plain", "\xc3\xa9", "\xe2\x82\xac",
                           "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"})
    CHECK(is_utf8(text));
}

TEST_CASE("malformed UTF-8 is refused") {
  for (const char* text :
       {"\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80",
        "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\xff"})
    CHECK_FALSE(is_utf8(text));
}
