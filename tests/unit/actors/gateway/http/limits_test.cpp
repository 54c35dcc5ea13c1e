#include "tests/unit/actors/gateway/http/gateway_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

http_request get(const std::string& target) {
  return parse_request("GET " + target + "\n\n");
}

} // namespace

TEST_CASE("reads past the limit get 429 until one is answered") {
  gateway::gateway_config config;
  config.read_only_in_flight_max = 1;
  gateway_world world{config};
  // It waits for a revision the store does not have yet.
  auto waiting = world.send(get("/api/v1/configmaps?resourceVersion=5"));
  CHECK_FALSE(waiting->answered());
  auto refused = world.send(get("/api/v1/configmaps"));
  CHECK(refused->code() == 429);
  CHECK(find_header(refused->headers(), "Retry-After") == "1");
  // Watches are not counted.
  CHECK(world.send(get("/api/v1/configmaps?watch=true"))->code() == 200);
  world.pass(std::chrono::seconds{4});
  world.store.wait_applied(store::revision{0}, {}, [](auto) {});
  CHECK(waiting->code() == 504);
  waiting.reset();
  CHECK(world.send(get("/api/v1/configmaps"))->code() == 200);
}

TEST_CASE("a body past the limit gets 413") {
  gateway::gateway_config config;
  config.body_size_max = 16;
  gateway_world world{config};
  auto request = parse_request("POST /api/v1/namespaces\n\n");
  request.body = R"({"metadata":{"name":"n1"}})";
  auto answer = world.send(request);
  CHECK(answer->code() == 413);
  CHECK(answer->body().find("Request entity too large: limit is 16")
        != std::string::npos);
}

TEST_CASE("a watcher that reads nothing is cut off") {
  gateway_world world;
  auto stream = world.send(get("/api/v1/namespaces?watch=true"));
  REQUIRE(world.watch.size() == 1);
  stream->stall();
  auto request = parse_request("POST /api/v1/namespaces\n\n");
  request.body = R"({"metadata":{"name":"n1"}})";
  CHECK(world.send(request)->code() == 201);
  CHECK(world.watch.size() == 0);
  CHECK(stream->finished());
}

TEST_CASE("metrics count what is at work") {
  gateway_world world;
  auto answer = world.send(get("/metrics"));
  CHECK(answer->code() == 200);
  CHECK(answer->body().find("apiserver_current_inflight_requests"
                            "{request_kind=\"readOnly\"} 1")
        != std::string::npos);
  CHECK(answer->body().find("troupe_store_revision 0") != std::string::npos);
}
