#include "actors/scheduler/event_series.hpp"
#include "messages/view/core_v1.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::scheduler;
using namespace std::chrono_literals;

namespace {

struct fixture {
  event_series series{"default-scheduler-s1"};
  mono_time mono{};
  wall_time wall{std::chrono::seconds{1'767'225'600}};

  static pod_event about(const std::string& uid, std::uint64_t version = 7) {
    return {"ns",         "web", uid, version, true, "FailedScheduling",
            "Scheduling", "why"};
  }

  auto take(const pod_event& event) { return series.take(event, mono, wall); }

  void pass(duration span) {
    mono += span;
    wall += span;
  }
};

view::core_v1::event event_of(const api::request& request) {
  return view::core_v1::event{*request.body};
}

} // namespace

TEST_CASE_METHOD(fixture, "the first event of a kind is written whole",
                 "[event series]") {
  const auto request = take(about("u"));
  REQUIRE(request);
  CHECK(request->verb == api::verb::create);
  CHECK(request->user.name == "system:kube-scheduler");
  const auto event = event_of(*request);
  CHECK(event.metadata().name() == "web.18867251edfa0000");
  CHECK(event.metadata().namespace_() == "ns");
  CHECK(event.involved_object().kind() == "Pod");
  CHECK(event.involved_object().uid() == "u");
  CHECK(event.involved_object().resource_version() == "7");
  CHECK(event.type() == "Warning");
  CHECK(event.reason() == "FailedScheduling");
  CHECK(event.action() == "Scheduling");
  CHECK(event.message() == "why");
  CHECK(event.reporting_component() == "default-scheduler");
  CHECK(event.reporting_instance() == "default-scheduler-s1");
  CHECK(event.event_time() == "2026-01-01T00:00:00.000000Z");
  CHECK_FALSE(event.series());
}

TEST_CASE_METHOD(fixture, "the second makes a series, later ones count",
                 "[event series]") {
  const std::string name{event_of(*take(about("u"))).metadata().name()};
  pass(1min);
  const auto second = take(about("u"));
  REQUIRE(second);
  CHECK(second->verb == api::verb::update);
  CHECK(second->target.name == name);
  CHECK(event_of(*second).series().count() == 2);
  CHECK(event_of(*second).series().last_observed_time()
        == "2026-01-01T00:01:00.000000Z");
  pass(1min);
  CHECK_FALSE(take(about("u")));
  // It is quiet for long enough to have ended: the last count is written.
  pass(8min);
  const auto last = series.advance(mono);
  REQUIRE(last.size() == 1);
  CHECK(event_of(last[0]).series().count() == 3);
  CHECK_FALSE(series.next_moment());
  CHECK(take(about("u"))->verb == api::verb::create);
}

TEST_CASE_METHOD(fixture, "a series that goes on is refreshed",
                 "[event series]") {
  take(about("u"));
  std::vector<api::request> written;
  for (int minute = 0; minute < 40; ++minute) {
    pass(1min);
    take(about("u"));
    for (auto& one : series.advance(mono))
      written.push_back(std::move(one));
  }
  REQUIRE(written.size() == 1);
  CHECK(event_of(written[0]).series().count() > 30);
}

TEST_CASE_METHOD(fixture, "another pod, or version of it, is another kind",
                 "[event series]") {
  for (const auto& one : {about("u"), about("v"), about("u", 8)})
    CHECK(take(one)->verb == api::verb::create);
}

TEST_CASE_METHOD(fixture, "a long note is cut", "[event series]") {
  auto event = about("u");
  event.note = std::string(1025, 'x');
  const auto request = take(event);
  const std::string note{event_of(*request).message()};
  CHECK(note.size() == 1024);
  CHECK(note.ends_with("xxx ..."));
}

TEST_CASE_METHOD(fixture, "only so many kinds are kept", "[event series]") {
  take(about("first"));
  pass(1s);
  for (std::size_t i = 0; i < event_series::series_max; ++i)
    take(about("u" + std::to_string(i)));
  CHECK(take(about("u7"))->verb == api::verb::update);
  CHECK(take(about("first"))->verb == api::verb::create);
}

TEST_CASE("an update of an event that is gone becomes a creation",
          "[event series]") {
  api::request update;
  update.verb = api::verb::update;
  update.target.name = "x";
  const auto anew = created_anew(update);
  CHECK(anew.verb == api::verb::create);
  CHECK(anew.target.name.empty());
}
