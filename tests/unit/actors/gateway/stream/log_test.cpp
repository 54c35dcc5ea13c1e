#include "tests/unit/actors/gateway/stream/stream_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;
using namespace troupe::test;
using node_io::channel;

TEST_CASE("logs are streamed as the node sends them") {
  stream_world w;
  serve_log(w.call("follow=true&tailLines=5"));
  const auto node = w.bus.stream();
  REQUIRE(node);
  CHECK(node->address == "/node/n1/io");
  CHECK(node->type == message_type::log_open);
  const auto asked = node_io::decode_log_request(node->payload);
  REQUIRE(asked);
  CHECK(asked->from == node_io::container_ref{"shop", "web", "u1", "app"});
  CHECK(asked->follow);
  CHECK(asked->tail_lines == 5);
  CHECK_FALSE(w.client->answered());
  node->say(channel::out, "one\n");
  CHECK(w.client->code() == 200);
  CHECK(find_header(w.client->headers(), "Content-Type") == "text/plain");
  CHECK(w.client->take_body() == "one\n");
  node->say(channel::out, "two\n");
  CHECK(w.client->take_body() == "two\n");
  node->say(channel::status, R"({"status":"Success"})");
  CHECK(w.client->finished());
  CHECK(node->half_closed());
  CHECK(w.begun == std::vector<int>{200});
  node->end(stream_end::closed);
}

TEST_CASE("what the client's kernel has not taken is not consumed") {
  stream_world w;
  serve_log(w.call(""));
  const auto node = w.bus.stream();
  node->say(channel::out, "12345");
  node->say(channel::out, "678");
  CHECK(node->consumed_octets() == 0);
  w.client->drain();
  CHECK(node->consumed_octets() == 10);
  // An empty message begins the answer and is dealt with at once.
  node->say(channel::out, "");
  CHECK(node->consumed_octets() == 11);
}

TEST_CASE("a node's failure before the first output is an answer") {
  stream_world w;
  serve_log(w.call(""));
  const auto node = w.bus.stream();
  SECTION("a Status") {
    node->say(channel::status,
              R"({"status":"Failure","reason":"BadRequest","code":400,)"
              R"("message":"container \"app\" in pod \"web\" is waiting to )"
              R"(start: ContainerCreating"})");
    CHECK(w.client->code() == 400);
    CHECK(w.client->body()
          == "container \"app\" in pod \"web\" is waiting to start: "
             "ContainerCreating");
  }
  SECTION("a Status without a code") {
    node->say(channel::status, R"({"status":"Failure","message":"odd"})");
    CHECK(w.client->code() == 500);
  }
  SECTION("no Status at all") {
    node->say(channel::status, "nonsense");
    CHECK(w.client->code() == 500);
  }
  SECTION("a refusal") {
    node->end(stream_end::refused, "no such pod");
    CHECK(w.client->code() == 500);
    CHECK(w.client->body() == "Internal error occurred: no such pod");
  }
  SECTION("silence") {
    node->end(stream_end::lost, "nobody serves it");
    CHECK(w.client->code() == 503);
    CHECK(w.client->body() == "the node does not answer: nobody serves it");
  }
  CHECK(w.client->finished());
}

TEST_CASE("empty logs are an empty answer") {
  stream_world w;
  serve_log(w.call(""));
  SECTION("with a Status") {
    w.bus.stream()->say(channel::status, R"({"status":"Success"})");
  }
  SECTION("without") {
    w.bus.stream()->end(stream_end::closed);
  }
  CHECK(w.client->code() == 200);
  CHECK(w.client->body().empty());
  CHECK(w.client->finished());
}

TEST_CASE("a node that is lost ends what has begun") {
  stream_world w;
  serve_log(w.call("follow=true"));
  w.bus.stream()->say(channel::out, "one\n");
  w.bus.stream()->end(stream_end::lost, "silence");
  CHECK(w.client->code() == 200);
  CHECK(w.client->finished());
}

TEST_CASE("a client that leaves ends the node's stream") {
  stream_world w;
  serve_log(w.call("follow=true"));
  const auto node = w.bus.stream();
  SECTION("before the answer") {
    w.client->close();
  }
  SECTION("within it") {
    node->say(channel::out, "x");
    w.client->close();
  }
  SECTION("by not reading at all") {
    w.client->stall();
    node->say(channel::out, "x");
    CHECK(w.client->finished());
  }
  CHECK(node->reset_text() == "the client left");
}

TEST_CASE("logs that have ended hold nothing") {
  stream_world w;
  serve_log(w.call("follow=true"));
  CHECK(w.place.use_count() == 2);
  const auto node = w.bus.stream();
  node->say(channel::out, "x");
  SECTION("by the node") {
    node->say(channel::status, R"({"status":"Success"})");
    node->end(stream_end::closed);
  }
  SECTION("by the client") {
    w.client->close();
  }
  CHECK(w.place.use_count() == 1);
}

TEST_CASE("logs that need no node are answered without one") {
  stream_world w;
  SECTION("an unscheduled pod has none") {
    w.pod = make_pod(R"({"containers":[{"name":"app"}]})");
    serve_log(w.call(""));
    CHECK(w.client->code() == 204);
  }
  SECTION("a container that is not there") {
    serve_log(w.call("container=x"));
    CHECK(w.client->code() == 400);
  }
  SECTION("wrong options") {
    serve_log(w.call("tailLines=-1"));
    CHECK(w.client->code() == 422);
  }
  SECTION("the bus is away") {
    w.bus.disconnect();
    serve_log(w.call(""));
    CHECK(w.client->code() == 503);
  }
  SECTION("there is no bus") {
    auto call = w.call("");
    call.bus = nullptr;
    serve_log(std::move(call));
    CHECK(w.client->code() == 503);
  }
  CHECK(w.bus.opened() == 0);
}
