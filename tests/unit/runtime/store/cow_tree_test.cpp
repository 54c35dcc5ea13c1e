#include "runtime/store/cow_tree.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <vector>

using troupe::store::cow_tree;

namespace {

/// Four places to a node: everything splits and merges all the time.
using small_tree = cow_tree<int, int, std::less<>, 4>;
using model = std::map<int, int>;

model contents(const small_tree& tree, int from = -1) {
  model all;
  tree.visit(from, [&](int key, int value) {
    CHECK((all.empty() || all.rbegin()->first < key));
    all[key] = value;
    return true;
  });
  return all;
}

void step(small_tree& tree, model& want, std::mt19937& random) {
  auto draw = [&](int n) {
    return std::uniform_int_distribution<int>{0, n - 1}(random);
  };
  auto key = draw(400);
  switch (draw(40)) {
    case 0:
      tree.erase_below(key / 8);
      want.erase(want.begin(), want.lower_bound(key / 8));
      break;
    case 1:
      for (int i = key; i < key + 60; ++i)
        CHECK(tree.erase(i) == (want.erase(i) == 1));
      break;
    case 2:
    case 3:
      for (int i = key; i < key + 30; ++i) {
        tree.set(i, i, key);
        want[i] = key;
      }
      break;
    default:
      if (draw(2)) {
        tree.set(key, key, key + 1);
        want[key] = key + 1;
      } else {
        CHECK(tree.erase(key) == (want.erase(key) == 1));
      }
  }
}

} // namespace

TEST_CASE("a tree follows std::map and its copies stay", "[store]") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    small_tree tree;
    model want;
    std::vector<std::pair<small_tree, model>> copies;
    for (int i = 0; i < 1000; ++i) {
      step(tree, want, random);
      if (i % 50 == 0)
        copies.emplace_back(tree, want);
      if (i % 20 == 0)
        REQUIRE(contents(tree) == want);
    }
    REQUIRE(contents(tree) == want);
    CHECK(tree.empty() == want.empty());
    for (auto& [copy, then] : copies)
      REQUIRE(contents(copy) == then);
  }
}

TEST_CASE("lookups and walks start at the right place", "[store]") {
  small_tree tree;
  model want;
  for (int key = 0; key < 200; key += 2) {
    tree.set(key, key, -key);
    want[key] = -key;
  }
  for (int probe = 0; probe < 202; ++probe) {
    CAPTURE(probe);
    auto found = tree.find(probe);
    CHECK(found.has_value() == want.contains(probe));
    if (found)
      CHECK(*found->value == -probe);
    CHECK(contents(tree, probe) == model(want.lower_bound(probe), want.end()));
  }
  int visited = 0;
  tree.visit(0, [&](int, int) { return ++visited < 3; });
  CHECK(visited == 3);
}

TEST_CASE("emptied trees are empty", "[store]") {
  small_tree tree;
  for (int key = 0; key < 100; ++key)
    tree.set(key, key, key);
  auto full = tree;
  tree.erase_below(100);
  CHECK(tree.empty());
  for (int key = 99; key >= 0; --key)
    CHECK(full.erase(key));
  CHECK(full.empty());
  CHECK_FALSE(full.erase(1));
}
