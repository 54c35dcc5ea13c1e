#include "actors/scheduler/scheduler_actor.hpp"
#include "messages/view/core_v1.hpp"
#include "tests/support/actor_world.hpp"

#include <caf/send.hpp>
#include <catch2/catch.hpp>

using namespace troupe;

namespace {

struct fixture : test::actor_world {
  fixture() {
    place("{apiVersion: v1, kind: Namespace, metadata: {name: d}, status: "
          "{phase: Active}}");
    start({scheduler::scheduler_child("s1", ports())});
  }

  void place_node(const std::string& name, bool cordoned) {
    place("{apiVersion: v1, kind: Node, metadata: {name: " + name
          + "}, spec: {unschedulable: " + (cordoned ? "true" : "false")
          + "}, status: {allocatable: {cpu: \"1\", memory: 1Gi, pods: "
            "\"9\"}}}");
  }

  void place_pod(const std::string& name) {
    place("{apiVersion: v1, kind: Pod, metadata: {name: " + name
          + ", namespace: d, uid: u-" + name
          + "}, spec: {schedulerName: default-scheduler, containers: [{name: "
            "a, resources: {requests: {cpu: 400m}}}]}, status: {phase: "
            "Pending}}");
  }

  std::string node_of(const std::string& pod) {
    const auto object = world.view().get("core/pods/d/" + pod);
    return object == nullptr
               ? ""
               : std::string{view::core_v1::pod{*object}.spec().node_name()};
  }

  std::string scheduled(const std::string& pod) {
    const auto object = world.view().get("core/pods/d/" + pod);
    for (const auto& one : view::core_v1::pod{*object}.status().conditions())
      if (one.type() == "PodScheduled")
        return std::string{one.status()} + " " + std::string{one.reason()};
    return {};
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "the scheduler's actor places pods",
                 "[scheduler actor]") {
  CHECK(doors.at(0)->address() == "/server/s1/scheduler/queue");
  place_pod("a");
  REQUIRE(comes_true([&] { return scheduled("a") == "False Unschedulable"; }));
  place_node("n1", true);
  place_pod("b");
  REQUIRE(comes_true([&] { return scheduled("b") == "False Unschedulable"; }));
  place_node("n1", false);
  REQUIRE(
      comes_true([&] { return node_of("a") == "n1" && node_of("b") == "n1"; }));
  CHECK(scheduled("a") == "True ");
}

TEST_CASE_METHOD(fixture, "a killed scheduler goes on from what is stored",
                 "[scheduler actor]") {
  place_node("n1", false);
  place_pod("a");
  place_pod("b");
  REQUIRE(
      comes_true([&] { return node_of("a") == "n1" && node_of("b") == "n1"; }));
  caf::anon_send_exit(doors.at(0)->current(), caf::exit_reason::kill);
  // No room for a third: the new one knows of the two.
  place_pod("c");
  REQUIRE(comes_true([&] { return scheduled("c") == "False Unschedulable"; }));
  place_node("n2", false);
  REQUIRE(comes_true([&] { return node_of("c") == "n2"; }));
}
