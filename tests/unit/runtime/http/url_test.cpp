#include "runtime/http/gzip.hpp"
#include "runtime/http/url.hpp"

#include <catch2/catch.hpp>
#include <zlib.h>

using namespace troupe;
using namespace troupe::http;

TEST_CASE("a request target is split and decoded") {
  const auto got = parse_target("/api/v1/x%2Fy?a=b%20c&d&e=1+2&&a=again");
  REQUIRE(got);
  CHECK(got->path == "/api/v1/x/y");
  CHECK(got->raw_path == "/api/v1/x%2Fy");
  using pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(got->query
        == pairs{{"a", "b c"}, {"d", ""}, {"e", "1 2"}, {"a", "again"}});
}

TEST_CASE("malformed targets are refused") {
  for (const char* text : {"", "api", "*", "/a%", "/a%2", "/a%zz", "/a?b=%",
                           "/a%00b", "http://host/a"})
    CHECK_FALSE(parse_target(text));
}

TEST_CASE("gzip is offered only to those who take it") {
  CHECK(accepts_gzip("gzip"));
  CHECK(accepts_gzip("deflate, gzip;q=0.5"));
  CHECK(accepts_gzip("*"));
  CHECK_FALSE(accepts_gzip(""));
  CHECK_FALSE(accepts_gzip("deflate"));
  CHECK_FALSE(accepts_gzip("gzip;q=0"));
}

TEST_CASE("gzip yields what zlib unpacks") {
  const std::string text(300'000, 'x');
  const auto packed = gzip(text);
  REQUIRE(packed);
  CHECK(packed->size() < 10'000);
  std::string out(text.size() + 1, '\0');
  z_stream stream{};
  constexpr int gzip_window_bits = 15 + 16;
  REQUIRE(inflateInit2(&stream, gzip_window_bits) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed->data()));
  stream.avail_in = static_cast<uInt>(packed->size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  CHECK(out == text);
}
