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
