#include "runtime/bus/bus_core.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace troupe;
using namespace troupe::bus;

namespace {

constexpr mono_time now{std::chrono::hours{1000}};

/// A request of node n1 to server s1.
envelope request() {
  envelope out;
  out.cluster_uid = "c1";
  out.sender = "/node/n1/agent";
  out.incarnation = 7;
  out.recipient = "/server/s1/gateway";
  out.correlation_id = 1;
  out.time_left = std::chrono::seconds{5};
  out.type = message_type::api_request;
  out.payload = "q";
  return out;
}

bus_effects hear(bus_core& core, const envelope& value,
                 std::string_view subject = "c1.node.n1.server.s1.control") {
  bus_effects out;
  core.on_message(subject, encode_envelope(value).value(), now, out);
  return out;
}

bus_core server() {
  return {"c1", {"server", "s1"}, 3};
}

} // namespace

TEST_CASE("a request is its subject's, whoever it says it is from", "[bus]") {
  auto core = server();
  auto forged = request();
  forged.sender = "/server/s2/gateway";
  const auto out = hear(core, forged);
  REQUIRE(out.size() == 1);
  const auto& came = std::get<request_came>(out[0]);
  CHECK(came.request.from == bus_peer{"node", "n1"});
  CHECK(came.from.to == bus_peer{"node", "n1"});
}

TEST_CASE("what is not for this cluster, process or life is dropped", "[bus]") {
  auto core = server();
  auto wrong = request();
  std::string subject = "c1.node.n1.server.s1.control";
  SECTION("another cluster's envelope") {
    wrong.cluster_uid = "c2";
  }
  SECTION("another cluster's subject") {
    subject = "c2.node.n1.server.s1.control";
  }
  SECTION("another server") {
    subject = "c1.node.n1.server.s2.control";
  }
  SECTION("an answer to nothing asked") {
    wrong.recipient_incarnation = 3;
  }
  SECTION("an answer to another life") {
    wrong.recipient_incarnation = 2;
  }
  SECTION("no time to answer in") {
    wrong.time_left.reset();
  }
  SECTION("nothing to answer to") {
    wrong.correlation_id = 0;
  }
  CHECK(hear(core, wrong, subject).empty());
  CHECK(core.dropped() == 1);
}

TEST_CASE("the time a request leaves is bounded", "[bus]") {
  auto core = server();
  for (const auto given : {duration{0}, time_left_max, duration::max()}) {
    auto value = request();
    value.time_left = given;
    const auto out = hear(core, value);
    REQUIRE(out.size() == 1);
    CHECK(std::get<request_came>(out[0]).request.deadline
          == now + std::min(given, time_left_max));
  }
}

TEST_CASE("a process that is gone is known by its streams", "[bus]") {
  bus_core node{"c1", {"node", "n1"}, 7};
  bus_effects out;
  const auto stream = node.open("/server/any/gateway", message_type::watch_open,
                                "watch", now, out);
  REQUIRE(out.size() == 1);
  // One of the servers takes it.
  stream_frame taken;
  taken.kind = frame_kind::accept;
  taken.to_opener = true;
  envelope reply;
  reply.cluster_uid = "c1";
  reply.sender = "/server/s2/gateway";
  reply.incarnation = 3;
  reply.recipient = "/node/n1";
  reply.recipient_incarnation = 7;
  reply.correlation_id = stream;
  reply.type = message_type::stream_frame;
  reply.payload = encode_frame(taken);
  REQUIRE(hear(node, reply, "c1.server.s2.node.n1.control").empty());

  const auto later = now + std::chrono::minutes{1};
  out.clear();
  for (auto address :
       {"/server/s2/gateway", "/server/s3/gateway", "/server/any/gateway"})
    node.ask(address, message_type::api_request, "", later, now, out);
  out.clear();
  const auto idle_at = now + stream_idle_interval;
  node.tick(idle_at, out);
  REQUIRE(out.size() == 1);
  const auto idle = std::get<publish>(out[0]);
  CHECK(idle.subject == "c1.node.n1.server.s2.control");
  CHECK(idle.undelivered == stream);
  CHECK_FALSE(idle.reply_to.empty());

  out.clear();
  SECTION("nobody heard it: the stream ends, and what is asked there") {
    node.nobody(idle.undelivered, "no", idle_at, out);
    REQUIRE(out.size() == 1);
    CHECK(std::get<ask_ended>(out[0]).answer.error().code == errc::unavailable);
    out.clear();
    node.tick(idle_at, out);
    REQUIRE(out.size() == 2); // the reset, the end
    const auto& heard = std::get<stream_heard>(out[1]);
    CHECK(std::get<stream_ended>(heard.event).how == stream_end::lost);
    // The others are still waited for.
    out.clear();
    node.end_all("over", out);
    CHECK(out.size() == 2);
  }
  SECTION("it was not sent: that is nobody's fault") {
    node.unsent(idle.undelivered, "away", idle_at, out);
    node.tick(idle_at, out);
    CHECK(out.empty());
  }
}
