#include "actors/scheduler/scheduler_core.hpp"
#include "messages/view/core_v1.hpp"
#include "runtime/control/object_meta.hpp"
#include "tests/support/api_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::scheduler;
using namespace std::chrono_literals;

namespace {

/// The core with a node and a pod, and answers given by hand.
struct fixture {
  test::api_world world;
  scheduler_core core{"default-scheduler-s1", 1};
  std::vector<call_effect> binds;
  std::vector<std::string> events; ///< messages
  bool reads = false;
  std::optional<mono_time> wake_at;

  fixture() {
    world.place("{apiVersion: v1, kind: Namespace, metadata: {name: d}, "
                "status: {phase: Active}}");
    world.place("{apiVersion: v1, kind: Node, metadata: {name: n1}, status: "
                "{allocatable: {cpu: \"1\", memory: 1Gi, pods: \"9\"}}}");
    place("a");
  }

  void place(const std::string& name, const std::string& more = "") {
    world.place("{apiVersion: v1, kind: Pod, metadata: {name: " + name
                + ", namespace: d, uid: u-" + name
                + "}, spec: {schedulerName: default-scheduler" + more
                + ", containers: [{name: a, resources: {requests: {cpu: "
                  "600m}}}]}, status: {phase: Pending}}");
  }

  void step(std::vector<control::loop_input> inputs = {}) {
    world.wall += std::chrono::nanoseconds{1};
    auto effects = core.step({world.mono, world.wall}, world.store.current(),
                             std::move(inputs));
    for (auto& effect : effects.calls) {
      if (effect.request.target.subresource == "binding")
        binds.push_back(std::move(effect));
      else if (effect.request.target.resource == "events")
        events.emplace_back(
            view::core_v1::event{*effect.request.body}.message());
    }
    reads = reads || effects.read;
    wake_at = effects.wake_at;
  }

  void read_ends(store::barrier_outcome outcome) {
    REQUIRE(std::exchange(reads, false));
    step({read_ended{outcome}});
  }

  void answer(int code, const std::string& message = "no") {
    REQUIRE(binds.size() == 1);
    call_answered input{binds.front().ticket, {}};
    binds.clear();
    input.response.status.success = code == 0;
    input.response.status.code = code;
    input.response.status.message = message;
    step({std::move(input)});
  }

  /// As if the bind had been carried out.
  void bound(const std::string& name) { place(name, ", nodeName: n1"); }

  bool counted(const std::string& name) const {
    return core.nodes().has_pod("u-" + name);
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "nothing is placed before the first read",
                 "[scheduler core]") {
  step();
  CHECK(binds.empty());
  read_ends(store::barrier_outcome::unavailable);
  CHECK(binds.empty());
  CHECK_FALSE(reads);
  REQUIRE(wake_at == world.mono + 1s);
  world.advance(1s);
  step();
  read_ends(store::barrier_outcome::reached);
  CHECK(binds.size() == 1);
  CHECK(counted("a"));
}

TEST_CASE_METHOD(fixture, "a bind that succeeds is told once, and counts on",
                 "[scheduler core]") {
  step();
  read_ends(store::barrier_outcome::reached);
  answer(0);
  CHECK(events == std::vector<std::string>{"Successfully assigned d/a to n1"});
  CHECK(counted("a"));
  bound("a");
  step();
  CHECK(counted("a"));
  CHECK(core.quiet() == false); // events are under way
  CHECK(events.size() == 1);
  CHECK(binds.empty());
}

TEST_CASE_METHOD(fixture, "a bind that is refused is tried again later",
                 "[scheduler core]") {
  step();
  read_ends(store::barrier_outcome::reached);
  answer(409, "it is somebody else's");
  CHECK(events
        == std::vector<std::string>{"running Bind plugin \"DefaultBinder\": "
                                    "it is somebody else's"});
  CHECK_FALSE(counted("a"));
  CHECK(binds.empty());
  world.advance(1s);
  step();
  CHECK(binds.size() == 1);
}

TEST_CASE_METHOD(fixture, "a lost answer is settled by a read: it was bound",
                 "[scheduler core]") {
  step();
  read_ends(store::barrier_outcome::reached);
  answer(504);
  CHECK(counted("a"));
  // What it may have taken is given to nobody.
  place("b");
  step();
  CHECK(binds.empty());
  bound("a");
  read_ends(store::barrier_outcome::reached);
  CHECK(counted("a"));
  CHECK(events.back() == "Successfully assigned d/a to n1");
  CHECK(binds.empty());
}

TEST_CASE_METHOD(fixture, "a lost answer is settled by a read: it was not",
                 "[scheduler core]") {
  step();
  read_ends(store::barrier_outcome::reached);
  answer(504, "timed out");
  read_ends(store::barrier_outcome::timed_out);
  CHECK(counted("a"));
  world.advance(1s);
  step();
  read_ends(store::barrier_outcome::reached);
  CHECK_FALSE(counted("a"));
  CHECK(events.back() == "running Bind plugin \"DefaultBinder\": timed out");
  world.advance(1s);
  step();
  CHECK(binds.size() == 1);
}

TEST_CASE_METHOD(fixture, "no answer at all is an unknown outcome, in time",
                 "[scheduler core]") {
  step();
  read_ends(store::barrier_outcome::reached);
  const auto ticket = binds.front().ticket;
  binds.clear();
  REQUIRE(wake_at == world.mono + scheduler_core::assumption_max);
  world.advance(scheduler_core::assumption_max);
  step();
  read_ends(store::barrier_outcome::reached);
  CHECK_FALSE(counted("a"));
  // What comes now means nothing.
  step({call_answered{ticket, {}}});
  world.advance(1s);
  step();
  CHECK(binds.size() == 1);
}

TEST_CASE_METHOD(fixture, "a pod that goes while it is bound leaves its room",
                 "[scheduler core]") {
  step();
  read_ends(store::barrier_outcome::reached);
  world.erase("core/pods/d/a");
  place("b");
  step();
  CHECK_FALSE(counted("a"));
  CHECK(counted("b"));
  REQUIRE(binds.size() == 2);
  binds.erase(binds.begin() + 1);
  answer(404);
  CHECK(counted("b"));
}

TEST_CASE_METHOD(fixture, "a pod of the same name is another pod",
                 "[scheduler core]") {
  step();
  read_ends(store::barrier_outcome::reached);
  world.erase("core/pods/d/a");
  world.place("{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: d, "
              "uid: u-second}, spec: {schedulerName: default-scheduler, "
              "containers: [{name: a}]}, status: {phase: Pending}}");
  step();
  CHECK_FALSE(counted("a"));
  CHECK(counted("second"));
  REQUIRE(binds.size() == 2);
  CHECK(control::uid_of(*binds[1].request.body) == "u-second");
}
