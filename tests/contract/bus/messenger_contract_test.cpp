#include "runtime/bus/load_table.hpp"
#include "tests/contract/bus/bus_world.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto some_type = message_type::api_request;

const bus_peer s1{"server", "s1"};
const bus_peer s2{"server", "s2"};
const bus_peer n1{"node", "n1"};
const bus_peer n2{"node", "n2"};

mono_time in(std::chrono::milliseconds time) {
  return mono_now() + time;
}

/// A deadline that no test waits for: what ends an ask ends it before.
mono_time far_off() {
  return in(std::chrono::hours{1});
}

result<std::shared_ptr<bus_stream_handler>>
no_streams(bus_request, std::shared_ptr<bus_stream>) {
  return error{errc::unsupported, "no streams here"};
}

/// Answers "<role>/<name> <address> <payload>".
std::shared_ptr<bus_service> echo() {
  return std::make_shared<fake_service>(
      [](bus_request x, reply<bus_answer> answer) {
        answer({message_type::api_response, x.from.role + "/" + x.from.name
                                                + " " + x.address + " "
                                                + x.payload});
      },
      no_streams);
}

/// Takes every stream into `log`.
std::shared_ptr<bus_service> taker(std::shared_ptr<stream_log> log) {
  return std::make_shared<fake_service>(
      [](bus_request, reply<bus_answer>) {},
      [log](bus_request, std::shared_ptr<bus_stream> stream)
          -> result<std::shared_ptr<bus_stream_handler>> {
        log->hold(std::move(stream));
        return std::shared_ptr<bus_stream_handler>{log};
      });
}

std::shared_ptr<stream_log>
open_at(messenger& from, const std::string& address,
        message_type type = message_type::log_open) {
  auto log = std::make_shared<stream_log>();
  log->hold(from.open(address, type, "please", log));
  return log;
}

} // namespace

TEMPLATE_TEST_CASE("a node asks a server, whichever it is", "[bus]", fake_world,
                   nats_world) {
  TestType world;
  auto server = world.join(s1);
  auto node = world.join(n1);
  auto served = server->serve("/server/s1/gateway", echo());
  for (auto address : {"/server/any/gateway", "/server/s1/gateway",
                       "/server/s1/gateway/below"}) {
    answer_slot slot;
    node->ask(address, some_type, "hello", far_off(), slot.done());
    auto got = slot.get();
    REQUIRE(got.has_value());
    CHECK(got->type == message_type::api_response);
    CHECK(got->payload == std::string{"node/n1 "} + address + " hello");
  }
}

TEMPLATE_TEST_CASE("asks without an answer", "[bus]", fake_world, nats_world) {
  TestType world;
  auto server = world.join(s1);
  auto node = world.join(n1);
  guarded<std::vector<reply<bus_answer>>> kept;
  auto silent = server->serve(
      "/server/s1/silent",
      std::make_shared<fake_service>(
          [&](bus_request, reply<bus_answer> answer) {
            kept.with([&](auto& all) { all.push_back(std::move(answer)); });
          },
          no_streams));
  auto careless =
      server->serve("/server/s1/careless",
                    std::make_shared<fake_service>(
                        [](bus_request, reply<bus_answer>) {}, no_streams));
  SECTION("nobody has the name: at once") {
    answer_slot slot;
    node->ask("/server/s9/gateway", some_type, "", far_off(), slot.done());
    CHECK(slot.get().error().code == errc::unavailable);
  }
  SECTION("nobody serves the address, or the promise is dropped: at once") {
    for (auto address : {"/server/s1/nothing", "/server/any/careless"}) {
      answer_slot slot;
      node->ask(address, some_type, "", far_off(), slot.done());
      CHECK(slot.get().error().code == errc::unavailable);
    }
  }
  SECTION("the deadline passes; a late answer is none") {
    // One that is late itself does not get there: the next has more time.
    answer_slot slot;
    auto time = std::chrono::milliseconds{200};
    while (kept.with([](auto& all) { return all.empty(); })) {
      slot = {};
      node->ask("/server/s1/silent", some_type, "", in(time), slot.done());
      CHECK(slot.get().error().code == errc::unavailable);
      time *= 2;
    }
    kept.with([](auto& all) {
      for (auto& answer : all)
        answer({some_type, "late"});
    });
    answer_slot after;
    node->ask("/server/s1/nothing", some_type, "", far_off(), after.done());
    CHECK_FALSE(after.get().has_value());
    CHECK(slot.count() == 1);
  }
  SECTION("what is no address, and what is too large") {
    answer_slot wrong;
    node->ask("/pod/x", some_type, "", far_off(), wrong.done());
    CHECK(wrong.get().error().code == errc::invalid_argument);
    answer_slot large;
    node->ask("/server/s1/silent", some_type, bytes(bus_message_max + 1, 'x'),
              far_off(), large.done());
    CHECK(large.get().error().code == errc::too_large);
  }
  SECTION("a peer that asks too much at a time keeps nobody else out") {
    auto other = world.join(n2);
    const auto kept_are = [&](std::size_t count) {
      return eventually([&] {
        return kept.with([&](auto& all) { return all.size() == count; });
      });
    };
    constexpr auto fit = bus::peer_load_max.octets / bus_message_max;
    for (std::size_t i = 0; i < fit; ++i)
      node->ask("/server/s1/silent", some_type, bytes(bus_message_max, 'x'),
                far_off(), [](result<bus_answer>) {});
    REQUIRE(kept_are(fit));
    answer_slot refused;
    node->ask("/server/s1/silent", some_type, "x", far_off(), refused.done());
    CHECK(refused.get().error().message == "the receiver is too busy");
    other->ask("/server/s1/silent", some_type, "x", far_off(),
               [](result<bus_answer>) {});
    CHECK(kept_are(fit + 1));
    kept.with([](auto& all) { all.front()({some_type, "at last"}); });
    node->ask("/server/s1/silent", some_type, "x", far_off(),
              [](result<bus_answer>) {});
    CHECK(kept_are(fit + 2));
  }
  SECTION("no call after the registration has gone") {
    silent = nullptr;
    answer_slot slot;
    node->ask("/server/s1/silent", some_type, "", far_off(), slot.done());
    CHECK(slot.get().error().code == errc::unavailable);
    CHECK(kept.with([](auto& all) { return all.empty(); }));
  }
}

TEMPLATE_TEST_CASE("servers ask each other and nodes", "[bus]", fake_world,
                   nats_world) {
  TestType world;
  auto one = world.join(s1);
  auto two = world.join(s2);
  auto node = world.join(n1);
  auto at_two = two->serve("/server/s2/x", echo());
  auto at_node = node->serve("/node/n1/io", echo());
  answer_slot first;
  one->ask("/server/s2/x", some_type, "a", far_off(), first.done());
  CHECK(first.get()->payload == "server/s1 /server/s2/x a");
  answer_slot second;
  one->ask("/node/n1/io", some_type, "b", far_off(), second.done());
  CHECK(second.get()->payload == "server/s1 /node/n1/io b");
}

TEMPLATE_TEST_CASE("a stream carries messages in order", "[bus]", fake_world,
                   nats_world) {
  TestType world;
  auto server = world.join(s1);
  auto node = world.join(n1);
  auto theirs = std::make_shared<stream_log>();
  auto served = node->serve("/node/n1/io", taker(theirs));
  const auto type = GENERATE(message_type::log_open, message_type::watch_open);
  auto ours = open_at(*server, "/node/n1/io", type);
  REQUIRE(eventually([&] { return theirs->stream() != nullptr; }));
  constexpr int count = 400;
  for (int i = 0; i < count; ++i) {
    REQUIRE(ours->stream()->send(std::to_string(i) + bytes(2000, '.')));
    REQUIRE(theirs->stream()->send(std::to_string(i)));
  }
  CHECK(eventually([&] {
    return theirs->now().messages.size() == count
           && ours->now().messages.size() == count;
  }));
  for (int i = 0; i < count; ++i) {
    CHECK(std::stoi(theirs->now().messages[i]) == i);
    CHECK(std::stoi(ours->now().messages[i]) == i);
  }
  ours->stream()->half_close();
  CHECK(eventually([&] { return theirs->now().half_closed; }));
  CHECK_FALSE(ours->stream()->send("after the end"));
  CHECK(theirs->stream()->send("still open here"));
  theirs->stream()->half_close();
  CHECK(ours->end() == stream_end::closed);
  CHECK(theirs->end() == stream_end::closed);
  CHECK(ours->now().messages.back() == "still open here");
}

TEMPLATE_TEST_CASE("a stream waits for who consumes", "[bus]", fake_world,
                   nats_world) {
  TestType world;
  auto server = world.join(s1);
  auto node = world.join(n1);
  auto theirs = std::make_shared<stream_log>();
  theirs->consumes(false);
  auto served = node->serve("/node/n1/io", taker(theirs));
  auto ours = open_at(*server, "/node/n1/io");
  // Sent before the acceptance it would have waited, and drained, already.
  REQUIRE(eventually([&] { return theirs->stream() != nullptr; }));
  REQUIRE(theirs->stream()->send("accepted"));
  REQUIRE(eventually([&] { return ours->now().messages.size() == 1; }));
  constexpr std::size_t size = 64 * 1024;
  constexpr std::size_t count = 16;
  for (std::size_t i = 0; i < count; ++i)
    REQUIRE(ours->stream()->send(bytes(size, 'x')));
  const auto fits = stream_window / size;
  REQUIRE(eventually([&] { return theirs->now().messages.size() == fits; }));
  CHECK(ours->stream()->queued() == (count - fits) * size);
  CHECK(ours->now().drained == 0);
  theirs->consumes(true);
  theirs->stream()->consumed(fits * size);
  CHECK(eventually([&] { return theirs->now().messages.size() == count; }));
  CHECK(eventually([&] { return ours->now().drained == 1; }));
  CHECK(ours->stream()->queued() == 0);
  SECTION("a message larger than the window passes") {
    REQUIRE(ours->stream()->send(bytes(bus_message_max, 'y')));
    CHECK(
        eventually([&] { return theirs->now().messages.size() == count + 1; }));
  }
}

TEMPLATE_TEST_CASE("streams that end", "[bus]", fake_world, nats_world) {
  TestType world;
  auto server = world.join(s1);
  auto node = world.join(n1);
  auto theirs = std::make_shared<stream_log>();
  auto served = node->serve("/node/n1/io", taker(theirs));
  auto refusing = node->serve("/node/n1/no", echo());
  SECTION("refused by the service") {
    auto ours = open_at(*server, "/node/n1/no");
    CHECK(ours->end() == stream_end::refused);
    CHECK(ours->now().why == "no streams here");
  }
  SECTION("refused as nobody serves, or nobody is there") {
    CHECK(open_at(*server, "/node/n1/nothing")->end() == stream_end::refused);
    CHECK(open_at(*server, "/node/n9/io")->end() == stream_end::refused);
    CHECK(open_at(*server, "nonsense")->end() == stream_end::refused);
  }
  SECTION("reset by either side, or dropped") {
    auto ours = open_at(*server, "/node/n1/io");
    REQUIRE(eventually([&] { return theirs->stream() != nullptr; }));
    SECTION("by the opener") {
      ours->stream()->reset("enough");
    }
    SECTION("by the other side") {
      // Not before it is open: the opener hears of a reset, not of a refusal.
      REQUIRE(theirs->stream()->send("hello"));
      REQUIRE(eventually([&] { return ours->now().messages.size() == 1; }));
      theirs->stream()->reset("enough");
    }
    CHECK(ours->end() == stream_end::reset);
    CHECK(theirs->end() == stream_end::reset);
    CHECK(ours->now().why == "enough");
    CHECK(theirs->now().why == "enough");
  }
  SECTION("its holder is gone") {
    auto log = std::make_shared<stream_log>();
    server->open("/node/n1/io", message_type::log_open, "", log);
    CHECK(log->end() == stream_end::reset);
  }
  SECTION("the process leaves") {
    auto ours = open_at(*server, "/node/n1/io");
    REQUIRE(eventually([&] { return theirs->stream() != nullptr; }));
    server = nullptr;
    CHECK(ours->end() == stream_end::reset);
    CHECK(theirs->end() == stream_end::reset);
  }
}

TEMPLATE_TEST_CASE("a bus that goes away and comes back", "[bus]", fake_world,
                   nats_world) {
  TestType world;
  auto server = world.join(s1);
  auto node = world.join(n1);
  auto served = server->serve("/server/s1/gateway", echo());
  world.away();
  REQUIRE(
      eventually([&] { return !node->connected() && !server->connected(); }));
  answer_slot away;
  node->ask("/server/any/gateway", some_type, "", far_off(), away.done());
  CHECK(away.get().error().code == errc::unavailable);
  CHECK(open_at(*node, "/server/any/gateway")->end() == stream_end::refused);
  world.back();
  REQUIRE(eventually([&] { return node->connected() && server->connected(); }));
  // Who is connected is there for all that are.
  answer_slot slot;
  node->ask("/server/any/gateway", some_type, "", far_off(), slot.done());
  CHECK(slot.get().has_value());
}
