#include "tests/unit/actors/gateway/http/gateway_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

std::shared_ptr<fake_responder> get(gateway_world& world,
                                    const std::string& target,
                                    const std::string& etag = {}) {
  auto request = parse_request("GET " + target + "\n\n");
  if (!etag.empty())
    request.headers.emplace_back("If-None-Match", etag);
  return world.send(std::move(request));
}

} // namespace

TEST_CASE("a client that has a document is not sent it again") {
  gateway_world world;
  for (const std::string path : {"/api", "/api/v1", "/openapi/v2",
                                 "/openapi/v3", "/openapi/v3/api/v1"}) {
    INFO(path);
    const auto first = get(world, path);
    REQUIRE(first->code() == 200);
    const std::string etag{find_header(first->headers(), "ETag")};
    REQUIRE_FALSE(etag.empty());
    const auto second = get(world, path, etag);
    CHECK(second->code() == 304);
    CHECK(second->body().empty());
    CHECK(get(world, path, "\"other\"")->code() == 200);
  }
}

TEST_CASE("an OpenAPI document under its hash may be kept for ever") {
  gateway_world world;
  const std::string index = get(world, "/openapi/v3")->body();
  const std::string_view begin = "/openapi/v3/api/v1?hash=";
  const auto at = index.find(begin);
  REQUIRE(at != std::string::npos);
  const auto url = index.substr(at, index.find('"', at) - at);
  const auto found = get(world, url);
  CHECK(found->code() == 200);
  CHECK(find_header(found->headers(), "Cache-Control")
        == "public, immutable, max-age=31536000");
  const auto moved = get(world, "/openapi/v3/api/v1?hash=0");
  CHECK(moved->code() == 301);
  CHECK(find_header(moved->headers(), "Location") == url);
}
