#include "actors/gateway/gateway_actor.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/caf/system_config.hpp"
#include "tests/support/fake_responder.hpp"
#include "tests/support/local_store.hpp"
#include "tests/support/local_watch.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <catch2/catch.hpp>

#include <future>
#include <mutex>
#include <thread>

using namespace troupe;
using namespace troupe::gateway;

namespace {

struct fixture {
  test::local_store store;
  test::local_watch watch{store};
  object_writer writer{
      {&store, [] { return wall_time{}; }, [] { return mono_time{}; },
       [] { return std::array<std::uint8_t, 16>{}; }, nullptr}};
  std::shared_ptr<gateway_slot> slot = std::make_shared<gateway_slot>();
  actors::system_config config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};

  gateway_ports ports() {
    return {&store,
            &watch,
            &writer,
            [] { return wall_time{}; },
            [] { return mono_time{}; },
            [] { return std::uint64_t{0}; },
            nullptr,
            nullptr,
            {}};
  }

  std::shared_ptr<gateway_door> door =
      std::make_shared<gateway_door>("/server/s1/gateway", "gateway", 1);
  standing_watch standing;

  /// An actor that has begun: it has taken the supervisor's greeting.
  caf::actor spawn() {
    auto who = system.spawn<gateway_actor>(door, slot, gateway_config{},
                                           ports(), standing);
    using greeting = actors::local<std::shared_ptr<actors::workload>>;
    self->request(who, caf::infinite,
                  greeting{std::make_shared<std::shared_ptr<actors::workload>>(
                      std::make_shared<actors::workload>())})
        .receive([] {}, [](const caf::error&) { FAIL("the actor ended"); });
    return who;
  }

  void kill(const caf::actor& who) {
    self->send_exit(who, caf::exit_reason::kill);
    self->wait_for(who);
  }

  std::shared_ptr<test::fake_responder> get(const std::string& path,
                                            bytes body = {}) {
    http_request request;
    request.body = std::move(body);
    request.method = "GET";
    request.path = path;
    auto responder = std::make_shared<test::fake_responder>();
    slot->handle(std::move(request), responder);
    return responder;
  }
};

} // namespace

TEST_CASE("requests are served while the actor lives, and wait for the next "
          "one") {
  fixture world;
  const auto early = world.get("/healthz");
  CHECK_FALSE(early->answered());
  auto first = world.spawn();
  CHECK(early->code() == 200);
  CHECK(world.get("/healthz")->code() == 200);
  world.kill(first);
  const auto between = world.get("/healthz");
  CHECK_FALSE(between->answered());
  auto second = world.spawn();
  CHECK(between->code() == 200);
  CHECK(early->code() == 200);
  world.kill(second);
}

TEST_CASE("past what may wait, an empty slot answers 503 as a Status") {
  fixture world;
  std::vector<std::shared_ptr<test::fake_responder>> held;
  bytes body;
  SECTION("requests") {
    for (std::size_t i = 0; i < held_requests_max; ++i)
      held.push_back(world.get("/healthz"));
  }
  SECTION("octets of bodies") {
    held.push_back(world.get("/healthz", bytes(held_octets_max, 'x')));
    body = "x";
  }
  const auto refused = world.get("/healthz", body);
  CHECK(refused->code() == 503);
  CHECK(find_header(refused->headers(), "Retry-After") == "1");
  CHECK(refused->body().find(R"("reason":"ServiceUnavailable")")
        != std::string::npos);
  auto actor = world.spawn();
  for (const auto& one : held)
    CHECK(one->code() == 200);
  world.kill(actor);
  CHECK_FALSE(world.get("/healthz", body)->answered());
}

TEST_CASE("an actor that ends leaves its successor's pipeline alone") {
  fixture world;
  auto first = world.spawn();
  auto second = world.spawn();
  world.kill(first);
  CHECK(world.get("/healthz")->code() == 200);
  world.kill(second);
}

TEST_CASE("a gateway tells when the server has lost its standing") {
  fixture world;
  // The clock stands still; what was confirmed last is long ago.
  world.standing.standing =
      std::make_shared<server_standing>(mono_time{} - 2 * standing_lost_after);
  SECTION("a read succeeds: it is good again") {
    std::promise<void> told;
    std::once_flag once;
    world.standing.confirmed = [&] {
      std::call_once(once, [&] { told.set_value(); });
    };
    auto actor = world.spawn();
    CHECK(told.get_future().wait_for(std::chrono::seconds{60})
          == std::future_status::ready);
    const auto deadline = mono_now() + std::chrono::seconds{60};
    while (world.standing.standing->is_lost(mono_time{})
           && mono_now() < deadline)
      std::this_thread::yield();
    CHECK_FALSE(world.standing.standing->is_lost(mono_time{}));
    world.kill(actor);
  }
  SECTION("none does") {
    std::promise<void> told;
    std::once_flag once;
    world.standing.lost = [&] {
      std::call_once(once, [&] { told.set_value(); });
    };
    world.store.lose_leader();
    auto actor = world.spawn();
    world.store.set_mono_time(mono_time{} + 2 * standing_patience);
    CHECK(told.get_future().wait_for(std::chrono::seconds{60})
          == std::future_status::ready);
    world.kill(actor);
  }
}
