#include "runtime/base/reply.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace troupe;

TEST_CASE("a reply answers once, whatever is called later") {
  std::vector<int> heard;
  {
    reply<int> answer{[&](int n) { heard.push_back(n); }, -1};
    answer(1);
    answer(2);
  }
  CHECK(heard == std::vector{1});
}

TEST_CASE("destroyed unanswered, it says so: when the last copy goes") {
  std::vector<int> heard;
  {
    reply<int> answer{[&](int n) { heard.push_back(n); }, -1};
    { auto copy = answer; }
    CHECK(heard.empty());
  }
  CHECK(heard == std::vector{-1});
}

TEST_CASE("an empty reply is silent") {
  reply<int> nobody;
  nobody(1);
}
