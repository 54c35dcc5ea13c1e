#include "node/agent/io_service.hpp"
#include "tests/unit/node/agent/fake_end.hpp"

#include <catch2/catch.hpp>

#include <future>

using namespace troupe;
using namespace troupe::agent;
using node_io::channel;

namespace {

/// A node without pods whose streams are opened.
struct world {
  node_services services;
  pod_registry registry;
  work_pool workers{2, 2};
  std::shared_ptr<bus_service> service =
      make_io_service(services, registry, workers);
  std::shared_ptr<test::fake_end> end = std::make_shared<test::fake_end>();

  world() { services.config.paths = node_paths{"/no/such/place"}; }

  result<std::shared_ptr<bus_stream_handler>>
  open(message_type type, bytes payload, const std::string& role = "server") {
    bus_request request;
    request.from = {role, "x"};
    request.address = "/node/n1/io";
    request.type = type;
    request.payload = std::move(payload);
    return service->on_open(std::move(request), end);
  }
};

const node_io::container_ref someone{"ns", "p", "u", "c"};

} // namespace

TEST_CASE("a stream of a log ends with a status", "[agent]") {
  world at;
  const auto got = at.open(message_type::log_open,
                           node_io::encode(node_io::log_request{someone}));
  REQUIRE(got);
  REQUIRE(at.end->wait_sent(channel::status, 1));
  CHECK(at.end->sent(channel::status).find("waiting to start")
        != std::string::npos);
}

TEST_CASE("a stream of a command ends with a status", "[agent]") {
  world at;
  const auto got =
      at.open(message_type::command_open,
              node_io::encode(node_io::command_request{someone, {"ls"}}));
  REQUIRE(got);
  REQUIRE(at.end->wait_sent(channel::status, 1));
  CHECK(at.end->sent(channel::status).find("container not found")
        != std::string::npos);
}

TEST_CASE("only servers open streams, and only known ones", "[agent]") {
  world at;
  const auto log = node_io::encode(node_io::log_request{someone});
  CHECK(at.open(message_type::log_open, log, "node").error().code
        == errc::permission_denied);
  CHECK(at.open(message_type::watch_open, log).error().code
        == errc::unsupported);
  CHECK_FALSE(at.open(message_type::log_open, "\xc1"));
  CHECK_FALSE(at.open(message_type::command_open, ""));
}

TEST_CASE("a stream that finds no thread is refused", "[agent]") {
  world at;
  std::promise<void> gate;
  work_pool none{1, 0};
  REQUIRE(none.post([&] { gate.get_future().wait(); }));
  const auto service = make_io_service(at.services, at.registry, none);
  bus_request request;
  request.from = {"server", "s1"};
  request.type = message_type::log_open;
  request.payload = node_io::encode(node_io::log_request{someone});
  const auto got = service->on_open(std::move(request), at.end);
  gate.set_value();
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::unavailable);
}

TEST_CASE("requests get no answer", "[agent]") {
  world at;
  message_type type = message_type::api_response;
  at.service->on_request(
      {}, reply<bus_answer>{[&](bus_answer it) { type = it.type; }, {}});
  CHECK((type == message_type::no_answer));
}
