#include "runtime/base/guarded.hpp"

#include <catch2/catch.hpp>

#include <thread>
#include <utility>
#include <vector>

using namespace troupe;

TEST_CASE("threads that share a guarded value lose no change") {
  guarded<int> sum{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i)
        sum.with([](int& n) { ++n; });
    });
  for (auto& thread : threads)
    thread.join();
  CHECK(std::as_const(sum).with([](const int& n) { return n; }) == 40'000);
}
