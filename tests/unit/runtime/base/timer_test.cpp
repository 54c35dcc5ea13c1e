#include "runtime/base/clock.hpp"
#include "runtime/base/timer.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;

TEST_CASE("tasks run in the order of their times, and not before them") {
  std::vector<int> order;
  std::promise<void> over;
  timer clock; // last: it ends before what its tasks use
  const auto now = mono_now();
  clock.at(now + 30ms, [&] {
    order.push_back(3);
    CHECK(mono_now() >= now + 30ms);
    over.set_value();
  });
  clock.at(now + 10ms, [&] { order.push_back(1); });
  clock.at(now + 10ms, [&] { order.push_back(2); });
  over.get_future().wait();
  CHECK(order == std::vector{1, 2, 3});
}

TEST_CASE("a task may give another, and an idle timer takes more") {
  timer clock;
  for (int i = 0; i < 3; ++i) {
    std::promise<void> over;
    clock.at({}, [&] { clock.at({}, [&] { over.set_value(); }); });
    over.get_future().wait();
  }
}

TEST_CASE("a timer that stops runs what waits") {
  int ran = 0;
  timer clock;
  clock.at(mono_now() + 1h, [&] { ++ran; });
  clock.stop();
  CHECK(ran == 1);
  clock.at(mono_now() + 1h, [&] { ++ran; });
  CHECK(ran == 2);
}
