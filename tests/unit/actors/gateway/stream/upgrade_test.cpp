#include "actors/gateway/stream/upgrade.hpp"
#include "tests/unit/actors/gateway/stream/stream_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;
using namespace troupe::test;

namespace {

http_request request(http_headers headers, std::string method = "GET") {
  http_request out;
  out.method = std::move(method);
  out.headers = std::move(headers);
  return out;
}

std::string refusal(const http_request& what) {
  const auto choice = choose_upgrade(what, {});
  return choice ? ""
                : std::to_string(choice.error().code) + " "
                      + choice.error().message;
}

} // namespace

TEST_CASE("SPDY is granted with v4, whichever line offers it") {
  auto choice = choose_upgrade(request(spdy_headers(), "POST"), {});
  REQUIRE(choice);
  CHECK(choice->headers
        == http_headers{{"Upgrade", "SPDY/3.1"},
                        {"X-Stream-Protocol-Version", "v4.channel.k8s.io"}});
  CHECK_FALSE(choice->ready);
  CHECK(choose_upgrade(request({{"connection", "upgrade"},
                                {"upgrade", "spdy/3.1"},
                                {"x-stream-protocol-version",
                                 "v5.channel.k8s.io, v4.channel.k8s.io"}}),
                       {}));
}

TEST_CASE("WebSocket is granted with the best of what is offered") {
  const auto choice = choose_upgrade(
      request(websocket_headers("v4.channel.k8s.io, v5.channel.k8s.io")), {});
  REQUIRE(choice);
  CHECK(choice->ready);
  CHECK(
      choice->headers
      == http_headers{{"Upgrade", "websocket"},
                      {"Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
                      {"Sec-WebSocket-Protocol", "v5.channel.k8s.io"}});
  const auto older = choose_upgrade(
      request(websocket_headers("channel.k8s.io,v4.channel.k8s.io")), {});
  REQUIRE(older);
  CHECK(find_header(older->headers, "Sec-WebSocket-Protocol")
        == "v4.channel.k8s.io");
}

TEST_CASE("what cannot be granted is refused") {
  auto no_version = websocket_headers("v5.channel.k8s.io");
  no_version[2].second = "8";
  auto no_key = websocket_headers("v5.channel.k8s.io");
  no_key[3].second = "short";
  CHECK(refusal(request({})) == "400 Upgrade request required");
  CHECK(refusal(request({{"Upgrade", "SPDY/3.1"}}))
        == "400 Upgrade request required");
  CHECK(refusal(request({{"Connection", "Upgrade"}, {"Upgrade", "h2c"}}))
        == "400 Upgrade request required");
  CHECK(refusal(request({{"Connection", "Upgrade"}, {"Upgrade", "SPDY/3.1"}}))
        == "400 unable to upgrade: X-Stream-Protocol-Version is required");
  CHECK(refusal(request({{"Connection", "Upgrade"},
                         {"Upgrade", "SPDY/3.1"},
                         {"X-Stream-Protocol-Version", "a, b"}}))
        == "403 unable to upgrade: unable to negotiate protocol: client "
           "supports [a b], server accepts [v4.channel.k8s.io]");
  CHECK(refusal(request(websocket_headers("SPDY/3.1+portforward.k8s.io")))
        == "403 unable to upgrade: unable to negotiate protocol: client "
           "supports [SPDY/3.1+portforward.k8s.io], server accepts "
           "[v5.channel.k8s.io v4.channel.k8s.io]");
  CHECK(refusal(request(websocket_headers("v5.channel.k8s.io"), "POST"))
            .starts_with("400"));
  CHECK(refusal(request(no_version)).starts_with("400"));
  CHECK(refusal(request(no_key)).starts_with("400"));
}
