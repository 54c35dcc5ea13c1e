#include "node/agent/moment.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::agent;
using namespace std::chrono_literals;

TEST_CASE("a clock that is set is noticed once", "[agent]") {
  clock_watch watch;
  moment now{mono_time{5s}, wall_time{24h * 20'000}};
  const auto pass = [&](duration mono, duration wall) {
    now.mono += mono;
    now.wall += wall;
    return watch.look(now);
  };
  CHECK(pass(0s, 0s) == 0s);
  CHECK(pass(10min, 10min) == 0s);
  CHECK(pass(1s, 1h + 1s) == 1h);
  CHECK(pass(1s, 1s) == 0s);
  CHECK(pass(2s, 2s - 24h) == -24h);
  CHECK(pass(0s, 0s) == 0s);
  // Small steps add up.
  CHECK(pass(0s, 600ms) == 0s);
  CHECK(pass(0s, 600ms) == 1200ms);
}
