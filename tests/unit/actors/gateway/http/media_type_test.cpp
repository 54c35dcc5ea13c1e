#include "actors/gateway/http/continue_token.hpp"
#include "actors/gateway/http/media_type.hpp"
#include "messages/base/base64.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;

TEST_CASE("Accept headers are read by quality, then by particularity") {
  struct row {
    std::string given;
    std::string want;
  };
  const auto full = GENERATE(values<row>({
      {"", ""},
      {"application/json", "application/json "},
      {"Application/JSON ; Q=0.5, */*;q=0.5", "application/json */* "},
      {"*/*, application/json", "application/json */* "},
      {"a/b;q=0.1, c/d;q=0.9, e/f;q=0", "c/d a/b "},
      {"nonsense, a/b", "a/b "},
      {"a/b;v=\"x,y;z\", c/d", "a/b c/d "},
      {"a/;q=1, /b, a/b;broken", ""},
  }));
  std::string got;
  for (const auto& range : parse_accept(full.given))
    got += range.full() + ' ';
  INFO(full.given);
  CHECK(got == full.want);
}

TEST_CASE("an Accept header has a bounded number of ranges") {
  std::string text = "a/b";
  for (std::size_t i = 0; i < accept_ranges_max; ++i)
    text += ",a/b";
  CHECK(parse_accept(text).size() == accept_ranges_max);
  CHECK(parse_accept(std::string(accept_length_max + 1, 'a')).empty());
}

TEST_CASE("continue tokens come back as they were") {
  const continue_token token{17, false, "default/a b\"c"};
  const auto text = encode_continue(token);
  CHECK(decode_continue(text).value() == token);
  const continue_token latest{0, true, "x"};
  CHECK(decode_continue(encode_continue(latest)).value() == latest);
}

TEST_CASE("continue tokens that no list gave are refused") {
  const auto json = GENERATE(values<std::string>({
      R"([])",
      R"({"v":"v2","rv":1,"start":"a"})",
      R"({"v":"meta.k8s.io/v1","rv":0,"start":"a"})",
      R"({"v":"meta.k8s.io/v1","rv":1,"start":""})",
      R"({"v":"meta.k8s.io/v1","rv":1,"start":"../secrets/a"})",
      R"({"v":"meta.k8s.io/v1","rv":1,"start":"a//b"})",
      R"({"v":"meta.k8s.io/v1","rv":"1","start":"a"})",
      R"({"v")",
  }));
  INFO(json);
  CHECK_FALSE(decode_continue(base64url_encode(json)));
  CHECK_FALSE(decode_continue(json));
}

TEST_CASE("a refused continue token is told as it is") {
  const auto told = [](std::string_view json) {
    return decode_continue(base64url_encode(json)).error().message;
  };
  CHECK(told(R"({"v":"v2","rv":1,"start":"a"})")
        == "continue key is not valid: server does not recognize this encoded "
           "version v2");
  CHECK(told(R"({"v":"meta.k8s.io/v1","rv":1,"start":"../a"})")
        == "continue key is not valid: ../a");
}
