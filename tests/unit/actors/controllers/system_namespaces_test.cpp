#include "actors/controllers/controllers.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

TEST_CASE("system namespaces: looked after once a minute, and when one goes") {
  test::controller_world world;
  controllers::controller_core core{controllers::all_controllers().at(0), 1};
  const auto first = core.step(world.now(), world.store.current(), {});
  CHECK(first.calls.size() == 4);
  CHECK(first.wake_at == world.mono + 1min);
  std::vector<control::loop_input> answers;
  for (const auto& write : first.calls)
    answers.push_back(
        control::call_answered{write.ticket, world.call(write.request)});
  CHECK(core.step(world.now(), world.store.current(), std::move(answers))
            .calls.empty());

  world.erase("core/namespaces/kube-public");
  const auto again = core.step(world.now(), world.store.current(), {});
  REQUIRE(again.calls.size() == 1);
  CHECK(again.calls[0].request.target.name == "kube-public");
}
