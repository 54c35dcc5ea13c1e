#include "bootstrap/pki/pki.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/http/http_server.hpp"
#include "tests/support/spdy_client.hpp"
#include "tests/support/tls_client.hpp"
#include "tests/unit/actors/gateway/stream/stream_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;
using namespace troupe::test;
using node_io::channel;
using troupe::testing::tls_client;

namespace {

constexpr const char* success = R"({"status":"Success"})";

/// A server whose every request is a stream into the simple pod.
struct fixture {
  wall_time from = wall_now() - std::chrono::hours{1};
  wall_time until = wall_now() + std::chrono::hours{1};
  pki::credential ca = pki::make_authority("ca", from, until).value();
  fake_messenger bus;
  std::shared_ptr<const codec::document> pod = simple_pod();
  std::uint16_t port = 0;
  std::unique_ptr<http::http_server> server;

  fixture() {
    auto own = pki::issue(ca, {{"server", {}},
                               pki::usage::server,
                               {},
                               {"127.0.0.1"},
                               from,
                               until})
                   .value();
    http::http_server_config config;
    config.tls = {own.certificate, own.private_key, ca.certificate};
    server =
        http::http_server::make(
            config,
            [this](http_request request, std::shared_ptr<http_responder> to) {
              serve(std::move(request), std::move(to));
            },
            [](int, std::string_view) { return bytes{}; })
            .value();
    port = server->listen("127.0.0.1", 0).value();
  }

  void serve(http_request request, std::shared_ptr<http_responder> to) {
    stream_call call;
    call.request = std::make_shared<http_request>(std::move(request));
    call.responder = to;
    call.bus = &bus;
    call.pod = pod;
    call.now = wall_now();
    call.fail = [to](const api::status& status) {
      to->respond(status.code, {}, make_shared_bytes(api::to_json(status)));
    };
    call.begun = [](int) {};
    const auto& path = call.request->path;
    path == "/log"    ? serve_log(std::move(call))
    : path == "/exec" ? serve_exec(std::move(call))
                      : serve_attach(std::move(call));
  }
};

std::string upgrade(const std::string& line, const http_headers& headers) {
  auto out = line + " HTTP/1.1\r\nHost: t\r\n";
  for (const auto& [name, value] : headers)
    out += name + ": " + value + "\r\n";
  return out + "\r\n";
}

} // namespace

TEST_CASE("cat over SPDY on a TLS connection") {
  fixture f;
  tls_client link{f.port, f.ca.certificate};
  spdy_client client;
  link.send(
      upgrade("POST /exec?command=cat&stdin=true&stdout=true", spdy_headers())
      + joined({client.open("error"), client.open("stdin"),
                client.open("stdout"), client.send("stdin", "hello"),
                client.send("stdin", {}, true)}));
  CHECK(link.read_until("\r\n\r\n").starts_with("HTTP/1.1 101"));
  const auto node = f.bus.stream();
  REQUIRE(node->wait_sent(2));
  CHECK(node->take_sent() == std::vector<bytes>{{"\0hello", 6}, {"\0", 1}});
  node->say(channel::out, "hello");
  node->say(channel::status, success);
  // The last frame is an empty one that ends the stream "error".
  CHECK(client.hear(link.read_until({"\0\0\0\1\1\0\0\0", 8})));
  CHECK(client.heard["stdout"] == "hello");
  CHECK(client.ended["stdout"]);
  CHECK(client.heard["error"] == success);
  link.send(client.write(spdy::goaway{}));
  CHECK(link.at_end());
}

TEST_CASE("much output reaches a slow WebSocket client whole") {
  fixture f;
  tls_client link{f.port, f.ca.certificate};
  link.send(upgrade("GET /exec?command=yes&stdout=true",
                    websocket_headers("v5.channel.k8s.io")));
  CHECK(link.read_until("\r\n\r\n").starts_with("HTTP/1.1 101"));
  const auto node = f.bus.stream();
  constexpr std::size_t piece = 60'000;
  constexpr int pieces = 50;
  for (int i = 0; i < pieces; ++i)
    node->say(channel::out, bytes(piece, 'y'));
  node->say(channel::status, success);
  const auto got = link.read_until({"\x88\x02\x03\xe8", 4});
  CHECK(std::ranges::count(got, 'y') == piece * pieces);
  CHECK(got.find(success) != got.npos);
  // Close 1000, masked with nothing.
  link.send({"\x88\x82\0\0\0\0\x03\xe8", 8});
  CHECK(link.at_end());
}

TEST_CASE("a client that vanishes ends the command") {
  fixture f;
  {
    tls_client link{f.port, f.ca.certificate};
    link.send(upgrade("GET /attach?stdin=true&stdout=true",
                      websocket_headers("v5.channel.k8s.io")));
    CHECK(link.read_until("\r\n\r\n").starts_with("HTTP/1.1 101"));
    REQUIRE(f.bus.stream());
  }
  CHECK(f.bus.stream()->wait_reset());
}

TEST_CASE("logs arrive chunk by chunk") {
  fixture f;
  tls_client link{f.port, f.ca.certificate};
  link.send("GET /log?follow=true HTTP/1.1\r\nHost: t\r\n\r\n");
  const auto node = f.bus.stream();
  REQUIRE(node);
  node->say(channel::out, "one\n");
  CHECK(link.read_until("4\r\none\n\r\n").find("text/plain")
        != std::string::npos);
  node->say(channel::out, "two\n");
  CHECK(link.read_until("4\r\ntwo\n\r\n") == "4\r\ntwo\n\r\n");
  node->say(channel::status, success);
  CHECK(link.read_until("0\r\n\r\n") == "0\r\n\r\n");
}
