#include "tests/unit/actors/singleton/election_world.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

/// Three candidates, whose clocks show what they like, on one store.
class contest {
public:
  contest(std::uint64_t seed, bool pauses) : random_(seed), pauses_(pauses) {
    test::furnish(world_);
    for (const auto* name : {"s1", "s2", "s3"}) {
      all_.push_back(std::make_unique<test::candidate>(world_, name));
      paused_.push_back(false);
      all_.back()->misbehave(random_.next());
      all_.back()->wall_skew = std::chrono::hours{random_.below(100)} - 50h;
    }
  }

  /// A moment passes, and something happens.
  void go_on() {
    world_.advance(std::chrono::milliseconds{random_.below(500)});
    for (std::size_t i = 0; i < all_.size(); ++i)
      if (!paused_[i])
        step(*all_[i]);
    disturb(random_.below(all_.size()));
    write_something();
  }

  void step(test::candidate& one) {
    one.step();
    if (!one.runs() || *one.runs() == newest())
      return;
    // Somebody has started, for the first time.
    CHECK(*one.runs() > newest());
    // What it stands on stands.
    CHECK(world_.store.current()->fence(test::lease_name) == *one.runs());
    started_.push_back(*one.runs());
  }

  /// From now on all is well.
  void calm_down() {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      all_[i]->behave();
      all_[i]->cut_off = false;
      paused_[i] = false;
    }
    calm_ = true;
  }

  std::size_t running() const {
    std::size_t out = 0;
    for (const auto& one : all_)
      out += one->runs().has_value();
    return out;
  }

  store::revision newest() const {
    return started_.empty() ? store::revision{} : started_.back();
  }

  std::size_t written() const { return written_; }
  std::size_t refused() const { return refused_; }
  std::size_t holdings() const { return started_.size(); }

private:
  void disturb(std::size_t whom) {
    if (calm_)
      return;
    if (random_.chance(2))
      all_[whom]->cut_off = !all_[whom]->cut_off;
    if (!pauses_)
      return;
    if (random_.chance(2))
      paused_[whom] = !paused_[whom];
    if (random_.below(1000) == 0)
      world_.erase("coordination.k8s.io/leases/kube-system/kube-scheduler");
  }

  /// Who runs writes; and writes of long ago arrive.
  void write_something() {
    auto& who = *all_[random_.below(all_.size())];
    auto epoch = who.runs();
    if (!started_.empty() && random_.chance(20))
      epoch = started_[random_.below(started_.size())];
    if (!epoch)
      return;
    const bool stale = *epoch < newest();
    const bool done = who.write(*epoch).status.success;
    CHECK_FALSE((stale && done));
    ++(done ? written_ : refused_);
  }

  prng random_;
  const bool pauses_;
  bool calm_ = false;
  test::api_world world_;
  std::vector<std::unique_ptr<test::candidate>> all_;
  std::vector<bool> paused_;
  std::vector<store::revision> started_;
  std::size_t written_ = 0;
  std::size_t refused_ = 0;
};

} // namespace

TEST_CASE("election: whatever happens, only the newest holder writes") {
  std::size_t refused = 0;
  std::size_t holdings = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    contest on{seed, true};
    for (int i = 0; i < 1500; ++i)
      on.go_on();
    refused += on.refused();
    holdings += on.holdings();
    // And somebody does in the end, for good.
    on.calm_down();
    for (int i = 0; i < 400; ++i)
      on.go_on();
    const auto last = on.newest();
    const auto before = on.written();
    for (int i = 0; i < 200; ++i) {
      on.go_on();
      REQUIRE(on.running() == 1);
    }
    CHECK(on.newest() == last);
    CHECK(on.written() > before);
  }
  // The faults were worth it.
  CHECK(refused > 1000);
  CHECK(holdings > 400);
}

TEST_CASE(
    "election: unless it stands still, a holder stops before the next starts") {
  for (std::uint64_t seed = 100; seed < 140; ++seed) {
    CAPTURE(seed);
    contest on{seed, false};
    for (int i = 0; i < 1500; ++i) {
      on.go_on();
      REQUIRE(on.running() <= 1);
    }
    CHECK(on.holdings() > 3);
  }
}
