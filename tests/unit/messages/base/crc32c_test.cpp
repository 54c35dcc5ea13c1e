#include "messages/base/crc32c.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("crc32c gives the vectors of RFC 3720 B.4") {
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aau);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43u);
  std::string ascending;
  for (char c = 0; c < 32; ++c)
    ascending += c;
  CHECK(crc32c(ascending) == 0x46dd794eu);
  CHECK(crc32c("123456789") == 0xe3069283u);
}

TEST_CASE("crc32c continues where it stopped") {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    CHECK(crc32c(text.substr(cut), crc32c(text.substr(0, cut)))
          == crc32c(text));
}
