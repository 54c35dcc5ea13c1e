#include "runtime/events/event_correlator.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::events;
using namespace std::chrono_literals;

namespace {

struct world {
  moment now{mono_time{1h}, wall_time{24h * 20'000}};
  event_correlator events;
  event_subject pod{"v1", "Pod", "ns", "p", "u1", "7"};
  event_note event{false, "Pulled", "image a", "spec.containers{c}"};

  std::optional<correlated_event> take() {
    return events.take(pod, event, now);
  }

  std::optional<correlated_event> take(std::string message) {
    event.message = std::move(message);
    return take();
  }

  void pass(duration time) {
    now.mono += time;
    now.wall += time;
  }
};

} // namespace

TEST_CASE("identical containers have events of their own", "[events]") {
  world at;
  const auto one = at.take();
  at.event.field_path = "spec.containers{d}";
  const auto other = at.take();
  REQUIRE(one);
  REQUIRE(other);
  CHECK(one->name != other->name);
  CHECK(other->count == 1);
  CHECK(at.take()->count == 2);
}

TEST_CASE("a new version of a subject is the same subject", "[events]") {
  world at;
  const auto first = at.take();
  at.pod.resource_version = "8";
  at.pass(10s);
  const auto again = at.take();
  CHECK(again->name == first->name);
  CHECK(again->count == 2);
  CHECK(again->first == first->first);
}

TEST_CASE("from the tenth on, messages of one reason are combined",
          "[events]") {
  world at;
  std::string name;
  for (int i = 1; i <= 9; ++i)
    name = at.take("try " + std::to_string(i))->name;
  const auto tenth = at.take("try 10");
  CHECK(tenth->message == "(combined from similar events): try 10");
  CHECK(tenth->count == 1);
  CHECK(tenth->name != name);
  const auto next = at.take("try 11");
  CHECK(next->message == "(combined from similar events): try 11");
  CHECK(next->name == tenth->name);
  CHECK(next->count == 2);
  SECTION("but not the first of them") {
    CHECK(at.take("try 9")->name == name);
    CHECK(at.take("try 9")->count == 3);
  }
  SECTION("nor those of another reason or type") {
    at.event.reason = "Failed";
    CHECK(at.take("try 12")->message == "try 12");
    at.event.reason = "Pulled";
    at.event.warning = true;
    CHECK(at.take("try 12")->message == "try 12");
  }
  SECTION("nor those after a long silence") {
    at.pass(10min);
    CHECK(at.take("try 12")->message != "try 12");
    at.pass(10min + 1s);
    CHECK(at.take("try 12")->message == "try 12");
  }
}

TEST_CASE("a subject has so many events, and one more now and then",
          "[events]") {
  world at;
  for (int i = 0; i < 25; ++i)
    CHECK(at.take());
  CHECK_FALSE(at.take());
  at.pass(5min - 1s);
  CHECK_FALSE(at.take());
  at.pass(1s);
  const auto next = at.take();
  REQUIRE(next);
  CHECK(next->count == 28); // those between are counted
  CHECK_FALSE(at.take());
  SECTION("which are its own") {
    at.pod.uid = "u2";
    CHECK(at.take());
  }
  SECTION("and never more at once than in the beginning") {
    at.pass(24h);
    int taken = 0;
    while (at.take())
      ++taken;
    CHECK(taken == 25);
  }
}

TEST_CASE("what was used least recently is forgotten", "[events]") {
  recent_map<int> map{2};
  map["a"] = 1;
  map["b"] = 2;
  CHECK(map["a"] == 1);
  map["c"] = 3;
  CHECK(map["a"] == 1);
  CHECK(map["b"] == 0);
  CHECK(map["c"] == 0);
}
