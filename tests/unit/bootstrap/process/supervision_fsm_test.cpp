#include "bootstrap/process/supervision_fsm.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::process;
using namespace std::chrono_literals;
using enum supervision_effect;

namespace {

using effects = std::vector<supervision_effect>;

constexpr supervision_config settings{{100ms, 400ms}, 30s, 15s};

struct machine {
  supervision_fsm fsm{settings};
  mono_time now{1000s};

  machine() { CHECK(fsm.begin(now) == effects{start_process}); }

  effects step(const supervision_input& input) { return fsm.step(input, now); }

  /// From an end to the next start: the delay.
  duration restart() {
    CHECK(step(process_ended{}).empty());
    REQUIRE(fsm.deadline());
    const auto due = *fsm.deadline();
    const auto delay = due - now;
    now = due - 1ns;
    CHECK(step(time_passed{}).empty());
    now = due;
    CHECK(step(time_passed{}) == effects{start_process});
    CHECK_FALSE(fsm.deadline());
    return delay;
  }
};

} // namespace

TEST_CASE("a server that keeps dying is started after growing delays") {
  machine m;
  for (const auto want : {100ms, 200ms, 400ms, 400ms})
    CHECK(m.restart() == want);
  CHECK(m.fsm.restarts() == 4);
}

TEST_CASE("a server that ran for long starts the delays over") {
  machine m;
  m.restart();
  m.restart();
  m.now += settings.well_after;
  CHECK(m.restart() == 100ms);
  m.now += settings.well_after - 1ns;
  CHECK(m.restart() == 200ms);
}

TEST_CASE("stopping terminates the server, then kills it once") {
  machine m;
  CHECK(m.step(stop_requested{}) == effects{terminate_process});
  CHECK(m.step(stop_requested{}).empty());
  REQUIRE(m.fsm.deadline() == m.now + 15s);
  m.now += 15s;
  CHECK(m.step(time_passed{}) == effects{kill_process});
  CHECK_FALSE(m.fsm.deadline());
  CHECK(m.step(time_passed{}).empty());
  CHECK_FALSE(m.fsm.finished());
  CHECK(m.step(process_ended{}) == effects{finish});
  CHECK(m.fsm.finished());
}

TEST_CASE("stopping between two servers starts no other") {
  machine m;
  m.step(process_ended{});
  CHECK(m.step(stop_requested{}) == effects{finish});
  CHECK(m.fsm.finished());
  m.now += 1h;
  CHECK(m.step(time_passed{}).empty());
  CHECK(m.fsm.restarts() == 0);
}
