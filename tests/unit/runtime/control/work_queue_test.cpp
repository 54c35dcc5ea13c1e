#include "runtime/control/work_queue.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::control;
using namespace std::chrono_literals;

namespace {

mono_time at(duration since_start) {
  return mono_time{since_start};
}

} // namespace

TEST_CASE("work queue: first come, first served, each key once") {
  work_queue queue;
  for (const auto* key : {"a", "b", "a", "c", "b"})
    queue.add(key);
  CHECK(queue.waiting() == 3);
  CHECK(queue.next() == "a");
  CHECK(queue.next() == "b");
  CHECK(queue.next() == "c");
  CHECK(queue.next() == std::nullopt);
}

TEST_CASE("work queue: a key is not handed out while it is worked on") {
  work_queue queue;
  queue.add("a");
  REQUIRE(queue.next() == "a");
  queue.add("a");
  queue.add("a");
  CHECK(queue.next() == std::nullopt);
  queue.done("a");
  CHECK(queue.next() == "a");
  queue.done("a");
  CHECK(queue.next() == std::nullopt);
}

TEST_CASE("work queue: a delayed key comes at its earliest moment, once") {
  work_queue queue;
  queue.add_after("a", at(20ms));
  queue.add_after("a", at(10ms));
  queue.add_after("a", at(30ms));
  CHECK(queue.next_moment() == at(10ms));
  queue.advance(at(9ms));
  CHECK(queue.waiting() == 0);
  queue.advance(at(10ms));
  CHECK(queue.next() == "a");
  queue.done("a");
  queue.advance(at(1s));
  CHECK(queue.waiting() == 0);
  CHECK(queue.next_moment() == std::nullopt);
}

TEST_CASE("work queue: retries double from 5 ms to 1000 s, until forgotten") {
  work_queue queue;
  auto want = duration{5ms};
  for (unsigned failure = 1; failure <= 20; ++failure) {
    queue.retry("a", at(0s), 0);
    CHECK(queue.failures("a") == failure);
    CHECK(queue.next_moment() == at(want));
    queue.advance(at(want));
    REQUIRE(queue.next() == "a");
    queue.done("a");
    want = std::min<duration>(want * 2, 1000s);
  }
  queue.forget("a");
  queue.retry("a", at(0s), 0);
  CHECK(queue.next_moment() == at(5ms));
}

TEST_CASE("work queue: chance lengthens a delay by a tenth at most") {
  for (std::uint64_t random : {0ull, 1ull, 499'999ull, ~0ull}) {
    work_queue queue;
    queue.retry("a", at(0s), random);
    CHECK(*queue.next_moment() >= at(5ms));
    CHECK(*queue.next_moment() <= at(5500us));
  }
}
