#include "messages/view/core_v1.hpp"
#include "runtime/events/event_recorder.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace troupe;
using namespace troupe::events;
using namespace std::chrono_literals;

namespace {

namespace core = view::core_v1;

/// An API whose answers a test gives.
class fake_port final : public control::api_port {
public:
  void call(api::request request, mono_time deadline,
            std::function<void(api::response)> done) override {
    requests.push_back(std::move(request));
    deadlines.push_back(deadline);
    answers.push_back(std::move(done));
  }

  std::vector<api::request> requests;
  std::vector<mono_time> deadlines;
  std::vector<std::function<void(api::response)>> answers;
};

api::response succeeded() {
  api::response out;
  out.status.success = true;
  return out;
}

api::response failed(int code) {
  api::response out;
  out.status.code = code;
  return out;
}

struct world {
  fake_port api;
  wall_time now{24h * 20'000 + 12h};
  event_recorder events{api,
                        {"kubelet", "n1", {}},
                        [this] { return now; },
                        [] { return mono_time{1h}; }};
  event_subject pod{"v1", "Pod", "ns", "p", "u1", "7"};

  std::string name(std::size_t of) const {
    return std::string{core::event{*api.requests[of].body}.metadata().name()};
  }
};

const event_note started{false, "Started", "Container started",
                         "spec.containers{c}"};

} // namespace

TEST_CASE("an event says who saw what happen to whom", "[events]") {
  world at;
  at.events.record(at.pod, {true, "Failed", "no luck", "spec.containers{c}"});
  REQUIRE(at.api.requests.size() == 1);
  const auto& request = at.api.requests[0];
  CHECK((request.verb == api::verb::create));
  CHECK(request.target == api::target{"", "v1", "events", "", "ns", ""});
  CHECK(at.api.deadlines[0] == mono_time{1h + 30s});
  const core::event event{*request.body};
  CHECK(event.metadata().name().starts_with("p."));
  CHECK(event.metadata().namespace_() == "ns");
  CHECK(event.involved_object().kind() == "Pod");
  CHECK(event.involved_object().name() == "p");
  CHECK(event.involved_object().uid() == "u1");
  CHECK(event.involved_object().resource_version() == "7");
  CHECK(event.involved_object().field_path() == "spec.containers{c}");
  CHECK(event.reason() == "Failed");
  CHECK(event.message() == "no luck");
  CHECK(event.type() == "Warning");
  CHECK(event.source().component() == "kubelet");
  CHECK(event.source().host() == "n1");
  CHECK(event.count() == 1);
  CHECK(event.first_timestamp() == "2024-10-04T12:00:00Z");
  CHECK(event.last_timestamp() == event.first_timestamp());
}

TEST_CASE("the same again raises the count of the first", "[events]") {
  world at;
  for (int i = 0; i < 3; ++i) {
    at.events.record(at.pod, started);
    at.now += 10s;
  }
  REQUIRE(at.api.requests.size() == 3);
  CHECK((at.api.requests[2].verb == api::verb::update));
  CHECK(at.api.requests[2].target.name == at.name(0));
  const core::event last{*at.api.requests[2].body};
  CHECK(last.metadata().name() == at.name(0));
  CHECK(last.count() == 3);
  CHECK(last.first_timestamp() == "2024-10-04T12:00:00Z");
  CHECK(last.last_timestamp() == "2024-10-04T12:00:20Z");
}

TEST_CASE("what is one too many is not sent", "[events]") {
  world at;
  for (int i = 0; i < 30; ++i)
    at.events.record(at.pod, started);
  CHECK(at.api.requests.size() == 25);
}

TEST_CASE("what differs in anything is an event of its own", "[events]") {
  world at;
  at.events.record(at.pod, started);
  auto event = started;
  event.reason = "Stopped";
  at.events.record(at.pod, event);
  event = started;
  event.message = "Container began";
  at.events.record(at.pod, event);
  event = started;
  event.field_path = "spec.containers{d}";
  at.events.record(at.pod, event);
  event = started;
  event.warning = true;
  at.events.record(at.pod, event);
  auto other = at.pod;
  other.uid = "u2";
  at.events.record(other, started);
  std::set<std::string> names;
  for (std::size_t i = 0; i < at.api.requests.size(); ++i) {
    CHECK((at.api.requests[i].verb == api::verb::create));
    names.insert(at.name(i)); // though all came at the same moment
  }
  CHECK(names.size() == 6);
}

TEST_CASE("an event the API forgot is made anew", "[events]") {
  world at;
  at.events.record(at.pod, started);
  at.api.answers[0](succeeded());
  at.events.record(at.pod, started);
  at.api.answers[1](failed(404));
  REQUIRE(at.api.requests.size() == 3);
  CHECK((at.api.requests[2].verb == api::verb::create));
  CHECK(at.api.requests[2].target.name.empty());
  CHECK(at.name(2) == at.name(0));
  CHECK(core::event{*at.api.requests[2].body}.count() == 2);
  // Its namespace may be gone as well: that is the end of it.
  at.api.answers[2](failed(404));
  CHECK(at.api.requests.size() == 3);
}

TEST_CASE("an event the API does not take is lost", "[events]") {
  world at;
  at.events.record(at.pod, started);
  at.api.answers[0](failed(403));
  at.events.record(at.pod, started);
  at.api.answers[1](failed(500));
  CHECK(at.api.requests.size() == 2);
}

TEST_CASE("events are remembered up to a limit", "[events]") {
  world at;
  at.events.record(at.pod, started);
  auto other = at.pod;
  for (int i = 0; i < 5000; ++i) {
    other.uid = std::to_string(i);
    at.events.record(other, started);
  }
  at.api.requests.clear();
  at.events.record(at.pod, started);
  CHECK((at.api.requests[0].verb == api::verb::create));
}

TEST_CASE("events about nodes lie in the default namespace", "[events]") {
  world at;
  at.events.record({"v1", "Node", "", "n1", "n1", ""},
                   {false, "Starting", "Starting", ""});
  CHECK(at.api.requests[0].target.ns == "default");
  const core::event event{*at.api.requests[0].body};
  CHECK(event.involved_object().kind() == "Node");
  CHECK(event.involved_object().uid() == "n1");
  CHECK(event.involved_object().namespace_().empty());
  CHECK(event.type() == "Normal");
}
