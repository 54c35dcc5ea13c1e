#include "tests/unit/actors/gateway/http/gateway_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

/// A server with a namespace `a` that hears of no leader.
struct cut_off_world {
  std::shared_ptr<gateway::server_standing> standing =
      std::make_shared<gateway::server_standing>(mono_time{});
  gateway_world world{{}, standing};

  cut_off_world() {
    auto request = parse_request("POST /api/v1/namespaces\n\n");
    request.body = R"({"metadata":{"name":"a"}})";
    REQUIRE(world.send(request)->code() == 201);
    world.store.lose_leader();
  }

  std::shared_ptr<fake_responder> send(const std::string& method,
                                       const std::string& target,
                                       const std::string& body = {}) {
    return world.send(parse_request(method + " " + target + "\n\n" + body));
  }

  /// Passes until there is an answer; how long that took, to the second.
  duration wait(const fake_responder& answer) {
    duration out{};
    while (!answer.answered() && out < 2min) {
      world.pass(100ms);
      out += 100ms;
    }
    return std::chrono::duration_cast<std::chrono::seconds>(out);
  }
};

} // namespace

TEST_CASE("without a leader reads end, and may be tried again") {
  cut_off_world at;
  for (const auto* target : {"/api/v1/namespaces/a", "/api/v1/namespaces"}) {
    const auto answer = at.send("GET", target);
    CHECK(at.wait(*answer) == gateway::gateway_config{}.store_timeout);
    CHECK(answer->code() == 503);
    CHECK(find_header(answer->headers(), "Retry-After") == "1");
    at.standing->confirm(at.world.now());
  }
  SECTION("sooner, once that is known") {
    at.world.pass(gateway::standing_lost_after + 1s);
    const auto answer = at.send("GET", "/api/v1/namespaces");
    CHECK(at.wait(*answer) == gateway::gateway_config{}.lost_store_timeout);
    CHECK(answer->code() == 503);
  }
  SECTION("a client's own timeout comes first") {
    const auto answer = at.send("GET", "/api/v1/namespaces?timeout=2s");
    CHECK(at.wait(*answer) == 2s);
  }
}

TEST_CASE("without a leader writes end, and say that nothing was written") {
  cut_off_world at;
  const auto answer = at.send("PATCH", "/api/v1/namespaces/a", "{}");
  CHECK(answer->code() == 415);
  const auto made =
      at.send("POST", "/api/v1/namespaces", R"({"metadata":{"name":"b"}})");
  CHECK(at.wait(*made) == gateway::gateway_config{}.store_timeout);
  CHECK(made->code() == 503);
  CHECK(find_header(made->headers(), "Retry-After") == "1");
  CHECK(made->body().find("nothing was written") != std::string::npos);
}

TEST_CASE("without a leader what is at hand is served") {
  cut_off_world at;
  CHECK(at.send("GET", "/api/v1/namespaces/a?resourceVersion=0")->code()
        == 200);
  CHECK(at.send("GET", "/api/v1/namespaces?resourceVersion=1")->code() == 200);
  CHECK(
      at.send("GET", "/api/v1/namespaces?watch=true&resourceVersion=1")->code()
      == 200);
}

TEST_CASE("without a leader a server lives, and is not ready") {
  cut_off_world at;
  CHECK(at.send("GET", "/livez")->code() == 200);
  CHECK(at.send("GET", "/healthz")->code() == 200);
  const auto answer = at.send("GET", "/readyz?verbose");
  CHECK(at.wait(*answer) == gateway::gateway_config{}.health_timeout);
  CHECK(answer->code() == 500);
  CHECK(answer->body()
        == "[+]ping ok\n[-]store failed: reason withheld\n"
           "readyz check failed\n");
}
