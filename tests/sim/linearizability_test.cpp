#include "runtime/base/prng.hpp"
#include "tests/sim/checker/linearizability.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace troupe;
using namespace troupe::sim;

namespace {

mono_time at(int n) {
  return mono_time{std::chrono::milliseconds{n}};
}

cell_operation put(int begun, int ended, std::uint64_t value) {
  cell_operation out;
  out.begun = at(begun);
  if (ended > 0)
    out.ended = at(ended);
  out.left = cell{value, value};
  out.text = "put";
  return out;
}

cell_operation get(int begun, int ended, std::uint64_t value) {
  cell_operation out;
  out.begun = at(begun);
  out.ended = at(ended);
  out.met_value = value;
  out.met_revision = value;
  out.text = "get";
  return out;
}

bool holds(std::vector<cell_operation> operations) {
  return search(std::move(operations)).outcome
         == linearizability::verdict::holds;
}

/// Every order that the times allow, one after the other.
bool explained(const std::vector<cell_operation>& operations,
               std::vector<bool>& done, const cell& state) {
  bool all = true;
  for (std::size_t i = 0; i < operations.size(); ++i)
    all = all && (done[i] || !operations[i].ended);
  if (all)
    return true;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const auto& what = operations[i];
    bool next = !done[i];
    for (std::size_t j = 0; j < operations.size(); ++j)
      next = next
             && (done[j] || j == i || !operations[j].ended
                 || *operations[j].ended >= what.begun);
    if (!next || (what.met_value && *what.met_value != state.value))
      continue;
    done[i] = true;
    if (explained(operations, done, what.left ? *what.left : state))
      return true;
    done[i] = false;
  }
  return false;
}

} // namespace

TEST_CASE("histories that one order explains, and some that none does") {
  CHECK(holds({}));
  CHECK(holds({put(1, 2, 5), get(3, 4, 5)}));
  CHECK(holds({put(1, 10, 5), get(2, 3, 0), get(4, 5, 5)}));
  CHECK_FALSE(holds({put(1, 2, 5), get(3, 4, 0)}));
  CHECK_FALSE(holds({put(1, 10, 5), get(2, 3, 5), get(4, 5, 0)}));
  CHECK_FALSE(holds({put(1, 2, 5), put(3, 4, 6), get(5, 6, 5)}));
  CHECK(holds({put(1, 4, 5), put(2, 3, 6), get(5, 6, 5)}));
}

TEST_CASE("a write without an answer happens late, or never") {
  CHECK(holds({put(1, 0, 5), get(2, 3, 0)}));
  CHECK(holds({put(1, 0, 5), get(2, 3, 0), get(100, 101, 5)}));
  CHECK_FALSE(holds({put(4, 0, 5), get(2, 3, 5)}));
  CHECK_FALSE(holds({put(1, 0, 5), get(2, 3, 5), get(4, 5, 0)}));
}

TEST_CASE("guards, deletions and fences") {
  auto guarded = put(3, 4, 6);
  guarded.met_revision = 5;
  CHECK(holds({put(1, 2, 5), guarded}));
  guarded.met_revision = 4;
  CHECK_FALSE(holds({put(1, 2, 5), guarded}));
  auto erase = put(3, 4, 0);
  erase.met_something = true;
  CHECK(holds({put(1, 2, 5), erase, get(5, 6, 0)}));
  CHECK_FALSE(holds({erase, get(5, 6, 0)}));
  auto passes = get(3, 4, 5);
  passes.met_value.reset();
  passes.met_revision.reset();
  passes.met_at_most = 5;
  CHECK(holds({put(1, 2, 5), passes}));
  passes.met_at_most = 4;
  CHECK_FALSE(holds({put(1, 2, 5), passes}));
}

TEST_CASE("the search agrees with trying every order") {
  prng random{7};
  int broken = 0;
  for (int round = 0; round < 3000; ++round) {
    std::vector<cell_operation> operations;
    const auto count = 2 + random.below(5);
    for (std::uint64_t i = 0; i < count; ++i) {
      const int begun = static_cast<int>(1 + random.below(12));
      const int ended = begun + static_cast<int>(1 + random.below(6));
      if (random.chance(50))
        operations.push_back(
            put(begun, random.chance(20) ? 0 : ended, 1 + random.below(3)));
      else
        operations.push_back(get(begun, ended, random.below(4)));
    }
    std::vector<bool> done(operations.size());
    const bool want = explained(operations, done, {});
    INFO("round " << round);
    REQUIRE(holds(operations) == want);
    broken += want ? 0 : 1;
  }
  CHECK(broken > 300);
  CHECK(broken < 2700);
}

TEST_CASE("a search that takes too long says so") {
  std::vector<cell_operation> operations;
  for (int i = 1; i <= 30; ++i)
    operations.push_back(put(1, 100, static_cast<std::uint64_t>(i)));
  operations.push_back(get(101, 102, 99));
  CHECK(search(operations, 1000).outcome == linearizability::verdict::given_up);
}
