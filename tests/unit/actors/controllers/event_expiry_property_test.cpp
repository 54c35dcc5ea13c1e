#include "actors/controllers/controllers.hpp"
#include "messages/meta/time.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

controllers::controller_spec expiry() {
  for (auto& spec : controllers::all_controllers())
    if (spec.name == "event-expiry")
      return spec;
  throw std::runtime_error{"no event-expiry controller"};
}

constexpr auto prefix = "core/events/ns/";

/// Events that are reported and repeated while the controller meets faults.
class busy_reporter {
public:
  explicit busy_reporter(std::uint64_t seed)
      : random_(seed), runner_(world_, expiry()) {
    runner_.misbehave(seed);
  }

  void run() {
    for (int i = 0; i < 300; ++i) {
      if (random_.chance(20))
        report(std::to_string(random_.below(30)));
      if (random_.chance(20))
        world_.advance(std::chrono::minutes{random_.below(10)});
      if (random_.chance(2))
        runner_.restart();
      runner_.step();
      check_the_gone();
    }
    while (runner_.step())
      check_the_gone();
    runner_.behave();
    runner_.restart();
    runner_.settle();
  }

  bool all_gone() const { return world_.names(prefix).empty(); }

  std::size_t expired() const { return expired_; }

private:
  struct event {
    wall_time created;
    wall_time written;
  };

  /// Creates the event, or says that it happened again.
  void report(const std::string& name) {
    const auto now = world_.wall;
    auto& mine = events_.try_emplace(name, event{now, now}).first->second;
    mine.written = now;
    // Some clocks run ahead of the server's; what they say is not believed.
    const auto said = random_.chance(10) ? now + 24h * 365 : now;
    const auto micro = meta::format_micro_time(said);
    const auto second = meta::format_time(said);
    const std::string ways[] = {
        "lastTimestamp: \"" + second + "\"",
        "eventTime: \"" + micro + "\"",
        "series: {count: 2, lastObservedTime: \"" + micro + "\"}",
    };
    world_.place(
        "{apiVersion: v1, kind: Event, metadata: {namespace: ns, name: e" + name
        + ", uid: u" + name + ", creationTimestamp: \""
        + meta::format_time(mine.created)
        + "\", managedFields: [{manager: m, operation: Update, time: \""
        + meta::format_time(now) + "\"}]}, " + ways[random_.below(3)] + "}");
  }

  void check_the_gone() {
    for (auto at = events_.begin(); at != events_.end();) {
      if (world_.store.current()->get(prefix + ("e" + at->first)) != nullptr) {
        ++at;
        continue;
      }
      // Stamps are cut to whole seconds.
      CHECK(world_.wall - at->second.written > 59min + 59s - 1ns);
      ++expired_;
      at = events_.erase(at);
    }
  }

  test::controller_world world_;
  prng random_;
  test::controller_runner runner_;
  std::map<std::string, event> events_;
  std::size_t expired_ = 0;
};

} // namespace

TEST_CASE("event expiry: every event goes, and none before its hour") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    busy_reporter world{seed};
    REQUIRE_NOTHROW(world.run());
    CHECK(world.all_gone());
    CHECK(world.expired() > 0);
  }
}
