#include "actors/scheduler/scheduler_actor.hpp"
#include "messages/view/core_v1.hpp"
#include "runtime/caf/system_config.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>

using namespace troupe;

namespace {

/// The world's write path, one call at a time.
class locked_api final : public control::api_port {
public:
  explicit locked_api(test::controller_world& world) : world_(world) {}

  template <class F>
  auto exclusively(F what) {
    std::lock_guard guard{mutex_};
    return what();
  }

  void call(api::request request, mono_time,
            std::function<void(api::response)> done) override {
    done(exclusively([&] { return world_.call(std::move(request)); }));
  }

private:
  test::controller_world& world_;
  std::mutex mutex_;
};

struct fixture {
  test::controller_world world;
  locked_api locked{world};
  std::mutex mutex;
  std::condition_variable changed;
  std::unique_ptr<store::subscription> subscription;
  actors::system_config config;
  caf::actor_system system{config};
  std::shared_ptr<actors::door_base> door;
  caf::actor root;

  fixture() {
    subscription = world.store
                       .subscribe([this](const auto&) {
                         std::lock_guard guard{mutex};
                         changed.notify_all();
                       })
                       .second;
    place("{apiVersion: v1, kind: Namespace, metadata: {name: d}, status: "
          "{phase: Active}}");
    scheduler::scheduler_ports ports;
    ports.store = &world.store;
    ports.api = &locked;
    const auto mono_now = [] {
      return mono_time{std::chrono::steady_clock::now().time_since_epoch()};
    };
    ports.mono_now = mono_now;
    // Names of events tell the time.
    ports.wall_now = [this, mono_now] {
      return world.wall + mono_now().time_since_epoch();
    };
    ports.random = [] { return 7; };
    actors::supervisor_config children;
    children.policy.restarts_max = 100;
    children.children.push_back(scheduler::scheduler_child("s1", ports));
    door = children.children.back().entrance;
    root = system.spawn(actors::supervisor, std::move(children));
  }

  ~fixture() {
    caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
    root = nullptr;
    system.await_all_actors_done();
  }

  void place(const std::string& yaml) {
    locked.exclusively([&] { return world.place(yaml); });
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

  bool comes_true(const std::function<bool()>& wanted) {
    std::unique_lock guard{mutex};
    return changed.wait_for(guard, std::chrono::seconds{20}, wanted);
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
  CHECK(door->address() == "/server/s1/scheduler/queue");
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
  caf::anon_send_exit(door->current(), caf::exit_reason::kill);
  // No room for a third: the new one knows of the two.
  place_pod("c");
  REQUIRE(comes_true([&] { return scheduled("c") == "False Unschedulable"; }));
  place_node("n2", false);
  REQUIRE(comes_true([&] { return node_of("c") == "n2"; }));
}
