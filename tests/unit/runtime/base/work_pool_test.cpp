#include "runtime/base/work_pool.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <set>
#include <thread>

using namespace troupe;

TEST_CASE("everything that was taken runs before the pool ends") {
  std::atomic<int> ran = 0;
  {
    work_pool pool{3, 1000};
    for (int i = 0; i < 500; ++i)
      CHECK(pool.post([&] { ++ran; }));
  }
  CHECK(ran == 500);
}

TEST_CASE("work that blocks does not hold up other work") {
  std::promise<void> gate;
  std::promise<void> passed;
  work_pool pool{2, 10}; // last: it ends before what its work uses
  REQUIRE(pool.post([&] { gate.get_future().wait(); }));
  REQUIRE(pool.post([&] { passed.set_value(); }));
  passed.get_future().wait();
  gate.set_value();
}

TEST_CASE("what exceeds the queue is refused") {
  std::promise<void> gate;
  std::promise<void> begun;
  work_pool pool{1, 2};
  REQUIRE(pool.post([&] {
    begun.set_value();
    gate.get_future().wait();
  }));
  begun.get_future().wait();
  CHECK(pool.post([] {}));
  CHECK(pool.post([] {}));
  CHECK_FALSE(pool.post([] {}));
  gate.set_value();
}

TEST_CASE("a pool without a queue takes what a thread is free for") {
  std::promise<void> gate;
  work_pool pool{2, 0};
  auto open = gate.get_future().share();
  REQUIRE(pool.post([open] { open.wait(); }));
  REQUIRE(pool.post([open] { open.wait(); }));
  CHECK_FALSE(pool.post([] {}));
  gate.set_value();
}

TEST_CASE("work may post work") {
  std::promise<void> done;
  work_pool pool{1, 10};
  REQUIRE(pool.post([&] { pool.post([&] { done.set_value(); }); }));
  done.get_future().wait();
}
