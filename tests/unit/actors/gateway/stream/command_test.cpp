#include "tests/support/spdy_client.hpp"
#include "tests/unit/actors/gateway/stream/stream_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;
using namespace troupe::test;
using node_io::channel;

namespace {

const std::string exit_7 =
    R"({"status":"Failure","reason":"NonZeroExitCode","details":{"causes":)"
    R"([{"reason":"ExitCode","message":"7"}]}})";

/// A client's frame, masked with nothing.
bytes frame(int first, const bytes& payload) {
  bytes out{static_cast<char>(first), static_cast<char>(0x80 | payload.size())};
  return out + bytes(4, '\0') + payload;
}

bytes message(int channel, const bytes& data) {
  return frame(0x82, bytes(1, static_cast<char>(channel)) + data);
}

bytes to_node(channel to, const bytes& data) {
  return bytes(1, static_cast<char>(to)) + data;
}

/// A server's short frame.
bytes answer(int first, const bytes& payload) {
  return bytes{static_cast<char>(first), static_cast<char>(payload.size())}
         + payload;
}

const http_headers websocket = websocket_headers("v5.channel.k8s.io");
const std::string all = "command=cat&stdin=true&stdout=true&stderr=true";

} // namespace

TEST_CASE("exec over WebSocket, from the command to its exit code") {
  stream_world w;
  serve_exec(w.call(all, websocket));
  CHECK(w.client->code() == 101);
  CHECK(w.begun == std::vector<int>{101});
  const auto tunnel = w.client->tunnel();
  const auto node = w.bus.stream();
  REQUIRE(node);
  CHECK(node->address == "/node/n1/io");
  CHECK(node->type == message_type::command_open);
  const auto asked = node_io::decode_command_request(node->payload);
  REQUIRE(asked);
  CHECK(asked->in == node_io::container_ref{"shop", "web", "u1", "app"});
  CHECK(asked->command == std::vector<std::string>{"cat"});
  tunnel->peer_sends(message(0, "in")
                     + message(4, R"({"Width":80,"Height":25})")
                     + frame(0x82, {"\xff\0", 2}) + message(0, "late"));
  CHECK(node->take_sent()
        == std::vector<bytes>{
            to_node(channel::in, "in"),
            to_node(channel::resize, R"({"Width":80,"Height":25})"),
            to_node(channel::in, "")});
  node->say(channel::out, "out");
  node->say(channel::err, "err");
  CHECK(tunnel->take_written()
        == answer(0x82, "\1out") + answer(0x82, "\2err"));
  node->say(channel::status, exit_7);
  CHECK(tunnel->take_written()
        == answer(0x82, "\3" + exit_7) + answer(0x88, "\x03\xe8"));
  CHECK(node->half_closed());
  CHECK(tunnel->expiry() == std::chrono::seconds{10});
  CHECK_FALSE(tunnel->closed());
  tunnel->peer_sends(frame(0x88, "\x03\xe8"));
  CHECK(tunnel->closed());
  node->end(stream_end::closed);
}

TEST_CASE("v4 over WebSocket has no close of a channel") {
  stream_world w;
  serve_exec(w.call(all, websocket_headers("v4.channel.k8s.io")));
  w.client->tunnel()->peer_sends(frame(0x82, {"\xff\0", 2}));
  CHECK(w.bus.stream()->take_sent().empty());
}

TEST_CASE("a message in fragments belongs to one channel") {
  stream_world w;
  serve_exec(w.call(all, websocket));
  w.client->tunnel()->peer_sends(frame(0x02, {"\0a", 2}) + frame(0x80, "b"));
  CHECK(w.bus.stream()->take_sent()
        == std::vector<bytes>{to_node(channel::in, "a"),
                              to_node(channel::in, "b")});
}

TEST_CASE("exec over SPDY waits for the client's streams") {
  stream_world w;
  serve_exec(w.call(all, spdy_headers(), "POST"));
  const auto tunnel = w.client->tunnel();
  spdy_client client;
  CHECK(tunnel->expiry() == std::chrono::seconds{30});
  tunnel->peer_sends(
      joined({client.open("error"), client.open("stdin"),
              client.send("stdin", "early"), client.open("stdout")}));
  CHECK(w.bus.opened() == 0);
  tunnel->peer_sends(client.open("stderr"));
  CHECK_FALSE(tunnel->expiry());
  const auto node = w.bus.stream();
  tunnel->peer_sends(client.send("stdin", {}, true));
  CHECK(node->take_sent()
        == std::vector<bytes>{to_node(channel::in, "early"),
                              to_node(channel::in, "")});
  node->say(channel::out, "out");
  node->say(channel::err, "err");
  node->say(channel::status, exit_7);
  REQUIRE(client.hear(tunnel->take_written()));
  CHECK(client.replies == 4);
  CHECK(client.heard["stdout"] == "out");
  CHECK(client.heard["stderr"] == "err");
  CHECK(client.heard["error"] == exit_7);
  for (const auto* type : {"stdout", "stderr", "error"})
    CHECK(client.ended[type]);
  CHECK_FALSE(tunnel->closed());
  tunnel->peer_sends(client.write(spdy::goaway{}));
  CHECK(tunnel->closed());
}

TEST_CASE("a terminal over SPDY has a resize stream and no stderr") {
  stream_world w;
  serve_attach(w.call("stdin=true&stdout=true&stderr=true&tty=true",
                      spdy_headers(), "POST"));
  const auto tunnel = w.client->tunnel();
  spdy_client client;
  tunnel->peer_sends(
      joined({client.open("error"), client.open("stdin"), client.open("stdout"),
              client.open("stderr"), client.open("resize")}));
  const auto node = w.bus.stream();
  REQUIRE(node);
  CHECK(node_io::decode_command_request(node->payload)->command.empty());
  const std::string size = R"({"Width":100,"Height":30})";
  tunnel->peer_sends(client.send("resize", size.substr(0, 5)));
  tunnel->peer_sends(client.send("resize", size.substr(5) + "\n" + size));
  CHECK(node->take_sent()
        == std::vector<bytes>{to_node(channel::resize, size),
                              to_node(channel::resize, size)});
  REQUIRE(client.hear(tunnel->take_written()));
  CHECK(client.replies == 4);
  CHECK(client.others
        == std::vector<spdy::frame>{
            spdy::rst_stream{7, spdy::reset_code::refused_stream}});
}

TEST_CASE("a slow client slows the node, a slow node the client") {
  stream_world w;
  serve_exec(w.call(all, websocket));
  const auto tunnel = w.client->tunnel();
  const auto node = w.bus.stream();
  node->say(channel::out, "12345");
  node->say(channel::out, "678");
  CHECK(node->consumed_octets() == 0);
  tunnel->peer_reads();
  CHECK(node->consumed_octets() == 10);
  node->fill();
  tunnel->peer_sends(message(0, "x"));
  CHECK_FALSE(tunnel->reading());
  node->drain();
  CHECK(tunnel->reading());
}

TEST_CASE("a client that leaves or breaks its protocol ends the command") {
  stream_world w;
  serve_exec(w.call(all, websocket));
  const auto tunnel = w.client->tunnel();
  const auto node = w.bus.stream();
  SECTION("connection") {
    tunnel->peer_leaves();
    CHECK(node->reset_text() == "the client left");
  }
  SECTION("close frame") {
    tunnel->peer_sends(frame(0x88, {}));
    CHECK(node->reset_text() == "the client left");
    CHECK(tunnel->take_written() == answer(0x88, {}));
  }
  SECTION("nonsense") {
    tunnel->peer_sends(frame(0x83, "x"));
    CHECK(node->reset_text() == "WebSocket: an unknown opcode");
    CHECK(tunnel->take_written() == answer(0x88, "\x03\xea"));
  }
  CHECK(tunnel->closed());
}

TEST_CASE("a node that fails is a Status on channel 3") {
  stream_world w;
  serve_exec(w.call(all, websocket));
  const auto tunnel = w.client->tunnel();
  const auto node = w.bus.stream();
  const auto said = [&](const std::string& text) {
    return tunnel->take_written().find(text) != std::string::npos;
  };
  SECTION("refused") {
    node->end(stream_end::refused, "container not found");
    CHECK(said("\"message\":\"Internal error occurred: error executing command "
               "in container: container not found\""));
  }
  SECTION("lost") {
    node->end(stream_end::lost);
    CHECK(said("error executing command in container: the node does not answer"
               "\""));
  }
  SECTION("confused") {
    node->say(channel::resize, "x");
    CHECK(said("the node sent a message on no channel"));
    CHECK(node->reset_text() == "a message on no channel");
  }
  CHECK(tunnel->expiry() == std::chrono::seconds{10});
  tunnel->peer_leaves();
}

TEST_CASE("a command that has ended holds nothing") {
  stream_world w;
  serve_exec(w.call(all, websocket));
  CHECK(w.place.use_count() == 2);
  const auto node = w.bus.stream();
  SECTION("node first") {
    node->say(channel::status, exit_7);
    node->end(stream_end::closed);
    w.client->tunnel()->peer_sends(frame(0x88, {}));
  }
  SECTION("client first") {
    node->say(channel::status, exit_7);
    w.client->tunnel()->peer_leaves();
    node->end(stream_end::closed);
  }
  SECTION("in the middle") {
    w.client->tunnel()->peer_leaves();
  }
  CHECK(w.place.use_count() == 1);
}

TEST_CASE("commands that need no node are answered without one") {
  stream_world w;
  SECTION("unscheduled") {
    w.pod = make_pod(R"({"containers":[{"name":"app"}]})");
    serve_exec(w.call(all, websocket));
    CHECK(w.client->code() == 400);
    CHECK(w.client->body() == "pod web does not have a host assigned");
  }
  SECTION("no upgrade") {
    serve_attach(w.call(all));
    CHECK(w.client->code() == 400);
    CHECK(w.client->body() == "Upgrade request required");
  }
  SECTION("no container") {
    serve_exec(w.call(all + "&container=x", websocket));
    CHECK(w.client->code() == 400);
  }
  SECTION("nothing asked for") {
    serve_attach(w.call("", websocket));
    CHECK(w.client->code() == 400);
  }
  SECTION("the bus is away") {
    w.bus.disconnect();
    serve_exec(w.call(all, websocket));
    CHECK(w.client->code() == 503);
  }
  CHECK(w.bus.opened() == 0);
}
