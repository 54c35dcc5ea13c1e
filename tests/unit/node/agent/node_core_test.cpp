#include "messages/view/core_v1.hpp"
#include "node/agent/node_core.hpp"
#include "tests/unit/node/agent/objects.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::agent;
using namespace std::chrono_literals;
using test::failed;
using test::succeeded;

namespace {

constexpr const char* bare_node =
    R"({"metadata":{"name":"n1","uid":"u1","resourceVersion":"10"}})";
constexpr const char* ready_for_pods =
    R"({"metadata":{"name":"n1","uid":"u1","resourceVersion":"20"},
        "spec":{"podCIDR":"10.9.1.0/24","podCIDRs":["10.9.1.0/24"]}})";

/// Newer than what the API of a test stores.
constexpr const char* ready_later =
    R"({"metadata":{"name":"n1","uid":"u1","resourceVersion":"900"},
        "spec":{"podCIDR":"10.9.1.0/24"}})";

/// A node's core, its clock, and an API that stores what is written.
struct world {
  node_config config;
  moment now{mono_time{1h}, wall_time{24h * 20'000}};
  std::unique_ptr<node_core> core;
  std::vector<node_request> last;
  bool watches = false;
  std::vector<std::string> opened;
  std::uint64_t revision = 100;
  std::vector<std::string> events; ///< their messages

  world() {
    config.name = "n1";
    config.addresses = {"10.0.0.1"};
    config.milli_cpu = 2000;
    config.memory = 1 << 30;
    core = std::make_unique<node_core>(config, machine_facts{});
  }

  /// What is asked for: "create nodes, open 10.9.1.0/24".
  std::string show(node_effects effects) {
    std::string out;
    const auto add = [&](const std::string& text) {
      out += (out.empty() ? "" : ", ") + text;
    };
    for (const auto& each : effects.requests) {
      const auto& target = each.request.target;
      add(std::string{api::to_string(each.request.verb)} + " " + target.resource
          + (target.name.empty() ? "" : "/" + target.name)
          + (target.subresource.empty() ? "" : "/" + target.subresource));
    }
    if (effects.watch_node)
      add("watch");
    for (const auto& each : effects.open_network)
      add("open " + each);
    if (effects.list_pods)
      add("list pods");
    for (const auto& each : effects.events)
      events.push_back(each.message);
    last = std::move(effects.requests);
    return out;
  }

  /// Its pods are listed at this revision, and so many of them are leaving.
  std::string list_pods(std::uint64_t at, std::size_t leaving = 0) {
    auto open = std::move(last);
    auto out = show(core->pods({at, leaving}, now));
    last = std::move(open);
    return out;
  }

  std::string tick(duration after = 0s) {
    now.mono += after;
    now.wall += after;
    return show(core->tick(now, {}));
  }

  std::string answer(node_call kind, const api::response& with) {
    return show(core->answered(kind, with, now));
  }

  std::string see(const char* node, bool gone = false) {
    return show(core->seen(test::shared_object("Node", node), gone, now));
  }

  /// The body that was written last, stored under a newer revision.
  api::response stored(const api::request& request) {
    REQUIRE(request.body);
    return succeeded(std::make_shared<const codec::document>(
        test::with_revision(*request.body, ++revision)));
  }

  /// Answers what was asked for, and what follows, as an API that takes
  /// everything.
  void accept() {
    auto open = std::exchange(last, {});
    for (std::size_t i = 0; i < open.size(); ++i) {
      const auto each = open[i];
      answer(each.kind, each.request.body ? stored(each.request) : failed(404));
      std::move(last.begin(), last.end(), std::back_inserter(open));
      last.clear();
    }
  }

  /// Registered, networked, status and lease written.
  void settle() {
    tick();
    answer(node_call::create_node,
           succeeded(test::shared_object("Node", ready_for_pods)));
    tick();
    core->network_opened("", now);
    list_pods(revision);
    for (int i = 0; i < 4; ++i) {
      accept();
      tick(1s);
    }
    accept();
  }
};

} // namespace

TEST_CASE("a node registers and is watched", "[agent]") {
  world at;
  CHECK(at.tick() == "create nodes");
  CHECK(at.last[0].request.field_manager == "kubelet");
  CHECK(at.tick(1s).empty()); // one registration under way at a time
  CHECK(at.answer(node_call::create_node,
                  succeeded(test::shared_object("Node", bare_node)))
        == "watch");
  CHECK(at.tick() == "update nodes/n1/status, get leases/n1");
  CHECK(at.tick(10min).empty()); // both still under way
}

TEST_CASE("a failed registration is tried again", "[agent]") {
  world at;
  at.tick();
  CHECK(at.answer(node_call::create_node, failed(503)).empty());
  CHECK(at.tick(99ms).empty());
  CHECK(at.tick(1ms) == "create nodes");
}

TEST_CASE("a Node of an earlier agent is adopted", "[agent]") {
  world at;
  at.tick();
  CHECK(at.answer(node_call::create_node, failed(409)) == "get nodes/n1");
  CHECK(at.tick(1min).empty());
  SECTION("as it is") {
    CHECK(at.answer(node_call::get_node,
                    succeeded(test::shared_object("Node", ready_for_pods)))
          == "watch");
    CHECK(at.tick()
          == "update nodes/n1/status, get leases/n1, open 10.9.1.0/24");
  }
  SECTION("unless it went away") {
    CHECK(at.answer(node_call::get_node, failed(404)).empty());
    CHECK(at.tick().empty());
    CHECK(at.tick(1s) == "create nodes");
  }
}

TEST_CASE("the lease is read, made, renewed", "[agent]") {
  world at;
  at.tick();
  at.answer(node_call::create_node,
            succeeded(test::shared_object("Node", bare_node)));
  CHECK(at.tick() == "update nodes/n1/status, get leases/n1");
  CHECK(at.last[1].request.target.ns == "kube-node-lease");
  CHECK(at.last[1].request.target.group == "coordination.k8s.io");
  at.answer(node_call::renew_lease, failed(404));
  CHECK(at.tick() == "create leases");
  at.accept();
  CHECK(at.tick(9s).empty());
  CHECK(at.tick(1s) == "update leases/n1");
  const auto renewed = test::text_of(*at.last[0].request.body);
  // It keeps what is stored, for the API refuses what is older.
  CHECK(renewed.find(R"("resourceVersion":"101")") != std::string::npos);
  SECTION("again and again") {
    at.accept();
    CHECK(at.tick(10s) == "update leases/n1");
  }
  SECTION("read again after a conflict") {
    at.answer(node_call::renew_lease, failed(409));
    CHECK(at.tick().empty());
    CHECK(at.tick(1s) == "get leases/n1");
    at.answer(node_call::renew_lease,
              succeeded(std::make_shared<const codec::document>(
                  test::make_object("coordination.k8s.io/v1", "Lease",
                                    R"({"metadata":{"name":"n1"}})"))));
    CHECK(at.tick() == "update leases/n1");
  }
  SECTION("made again when it is gone") {
    at.answer(node_call::renew_lease, failed(404));
    CHECK(at.tick() == "create leases");
    // Somebody was quicker.
    at.answer(node_call::renew_lease, failed(409));
    CHECK(at.tick(1s) == "get leases/n1");
  }
  SECTION("tried again when nobody answered") {
    at.answer(node_call::renew_lease, failed(503));
    CHECK(at.tick().empty());
    CHECK(at.tick(1s) == "update leases/n1");
  }
}

TEST_CASE("a lease is renewed four times within its duration", "[agent]") {
  world at;
  at.config.lease_seconds = 4;
  at.tick();
  at.answer(node_call::create_node,
            succeeded(test::shared_object("Node", bare_node)));
  at.tick();
  at.accept();
  CHECK(at.tick() == "create leases");
  at.accept();
  CHECK(at.tick(999ms).empty());
  REQUIRE(at.tick(1ms) == "update leases/n1");
  const auto renewed = test::text_of(*at.last[0].request.body);
  CHECK(renewed.find(R"("leaseDurationSeconds":4)") != std::string::npos);
}

TEST_CASE("a status is written when it changed, and now and then", "[agent]") {
  world at;
  at.settle();
  std::string all;
  for (int i = 0; i < 25; ++i) {
    all += at.tick(10s) + ";";
    at.accept();
  }
  CHECK(all.find("status") == std::string::npos);
  CHECK(all.find("update leases/n1") != std::string::npos);
  CHECK(at.tick(1min).find("update nodes/n1/status") != std::string::npos);
  at.accept();
  const std::vector<node_image> images{{{"docker.io/library/a:1"}, 7}};
  CHECK(at.tick().empty());
  CHECK(at.show(at.core->tick(at.now, images)) == "update nodes/n1/status");
  CHECK(test::text_of(*at.last[0].request.body).find("library/a:1")
        != std::string::npos);
}

TEST_CASE("a status that was not taken is written again", "[agent]") {
  for (const int code : {409, 500, 503}) {
    world at;
    at.tick();
    at.answer(node_call::create_node,
              succeeded(test::shared_object("Node", bare_node)));
    at.tick();
    at.answer(node_call::update_status, failed(code));
    CHECK(at.tick().empty());
    CHECK(at.tick(1s) == "update nodes/n1/status");
  }
}

TEST_CASE("a status that met a newer Node is written on top of it", "[agent]") {
  world at;
  at.tick();
  at.answer(node_call::create_node,
            succeeded(test::shared_object("Node", bare_node)));
  at.tick();
  const auto again = [&](const std::string& asked) {
    CHECK(asked.starts_with("update nodes/n1/status"));
    REQUIRE_FALSE(at.last.empty());
    CHECK(test::text_of(*at.last.back().request.body)
              .find(R"("resourceVersion":"20")")
          != std::string::npos);
  };
  SECTION("as soon as it is seen") {
    CHECK(at.answer(node_call::update_status, failed(409)).empty());
    again(at.see(ready_for_pods));
  }
  SECTION("at once, if it was seen") {
    at.see(ready_for_pods);
    again(at.answer(node_call::update_status, failed(409)));
  }
  SECTION("in time, if it is not seen") {
    CHECK(at.answer(node_call::update_status, failed(409)).empty());
    CHECK(at.tick(1s) == "update nodes/n1/status");
  }
}

TEST_CASE("what changes while a status is written follows it", "[agent]") {
  world at;
  at.tick();
  at.answer(node_call::create_node,
            succeeded(test::shared_object("Node", bare_node)));
  at.tick();
  const auto before = at.stored(at.last[0].request);
  CHECK(at.see(ready_for_pods) == "open 10.9.1.0/24");
  at.core->network_opened("", at.now);
  at.list_pods(100);
  CHECK(at.answer(node_call::update_status, before)
        == "update nodes/n1/status");
  CHECK(test::text_of(*at.last[0].request.body).find("KubeletReady")
        != std::string::npos);
  // An API that keeps another status is not asked again and again.
  CHECK(at.answer(node_call::update_status,
                  succeeded(test::shared_object("Node", ready_later)))
            .empty());
}

TEST_CASE("the network is opened once there are addresses", "[agent]") {
  world at;
  at.tick();
  at.answer(node_call::create_node,
            succeeded(test::shared_object("Node", bare_node)));
  at.tick();
  CHECK(test::text_of(*at.last[0].request.body)
            .find("container runtime network not ready: NetworkReady=false "
                  "reason:NetworkPluginNotReady message:the node has no "
                  "podCIDR yet")
        != std::string::npos);
  CHECK_FALSE(at.core->networked());
  at.accept();
  CHECK(at.see(ready_later) == "open 10.9.1.0/24");
  CHECK(at.see(ready_later).empty()); // one at a time
  SECTION("and the node is ready then, once its pods are known") {
    at.core->network_opened("", at.now);
    CHECK(at.core->networked());
    CHECK(at.tick().find("status") == std::string::npos);
    at.accept();
    CHECK(at.list_pods(100).empty());
    CHECK(at.core->settled());
    CHECK(at.tick().starts_with("update nodes/n1/status"));
    REQUIRE_FALSE(at.last.empty());
    CHECK(test::text_of(*at.last[0].request.body).find("KubeletReady")
          != std::string::npos);
    CHECK(at.tick(10s).find("open") == std::string::npos);
  }
  SECTION("and tried again when that failed") {
    at.core->network_opened("no bridge", at.now);
    CHECK_FALSE(at.core->networked());
    const auto asked = at.tick();
    CHECK(asked.starts_with("update nodes/n1/status"));
    CHECK(asked.find("open") == std::string::npos);
    REQUIRE_FALSE(at.last.empty());
    CHECK(test::text_of(*at.last[0].request.body).find("no bridge")
          != std::string::npos);
    CHECK(at.tick(1s).find("open 10.9.1.0/24") != std::string::npos);
    at.core->network_opened("", at.now);
    CHECK(at.core->networked());
  }
}

TEST_CASE("an older version of the Node changes nothing", "[agent]") {
  world at;
  at.tick();
  at.answer(node_call::create_node,
            succeeded(test::shared_object("Node", ready_for_pods)));
  CHECK(at.see(bare_node) == "open 10.9.1.0/24");
}

TEST_CASE("a deleted Node is registered again", "[agent]") {
  world at;
  at.settle();
  SECTION("told by the watch") {
    CHECK(at.see(ready_for_pods, true).empty());
  }
  SECTION("told by the answer to a status") {
    at.now.mono += 5min;
    at.tick();
    at.answer(node_call::update_status, failed(404));
  }
  CHECK(at.tick(1s) == "create nodes");
  // The old Node's status comes too late.
  CHECK(at.answer(node_call::update_status,
                  succeeded(test::shared_object("Node", bare_node)))
            .empty());
  CHECK(at.tick(1s).empty());
  CHECK(at.answer(node_call::create_node,
                  succeeded(test::shared_object(
                      "Node", R"({"metadata":{"name":"n1","uid":"u2",
                                  "resourceVersion":"900"}})")))
        == "watch");
  CHECK(at.core->networked());
  CHECK(at.tick(1s).find("update nodes/n1/status") != std::string::npos);
}

TEST_CASE("a Node with other addresses opens its network again", "[agent]") {
  world at;
  at.settle();
  at.see(ready_for_pods, true);
  at.tick(1s);
  at.answer(node_call::create_node,
            succeeded(test::shared_object(
                "Node", R"({"metadata":{"name":"n1","uid":"u2",
                            "resourceVersion":"900"}})")));
  CHECK(at.core->networked());
  CHECK(at.see(R"({"metadata":{"name":"n1","uid":"u2",
                   "resourceVersion":"901"},
                   "spec":{"podCIDR":"10.9.7.0/24"}})")
        == "open 10.9.7.0/24");
  CHECK_FALSE(at.core->networked());
  CHECK(at.tick().starts_with("update nodes/n1/status"));
  REQUIRE_FALSE(at.last.empty());
  CHECK(test::text_of(*at.last[0].request.body).find("has changed")
        != std::string::npos);
  at.core->network_opened("", at.now);
  CHECK(at.core->networked());
  CHECK(at.tick(10s).find("open") == std::string::npos);
}

namespace {

/// Given up at this revision.
std::string given_up(const char* revision, const char* since) {
  return std::string{R"({"metadata":{"name":"n1","uid":"u1",)"}
         + R"("resourceVersion":")" + revision
         + R"("},"spec":{"podCIDR":"10.9.1.0/24"},"status":{"conditions":[)"
         + R"({"type":"Ready","status":"Unknown","lastTransitionTime":")"
         + since + R"("}]}})";
}

} // namespace

TEST_CASE("a node that was given up ends what was taken off it", "[agent]") {
  world at;
  at.settle();
  const auto lost = given_up("500", "2024-10-04T00:00:00Z");
  CHECK(at.see(lost.c_str()) == "list pods");
  CHECK_FALSE(at.core->settled());
  CHECK(at.tick(1s).find("status") == std::string::npos);
  CHECK(at.see(lost.c_str()).empty());
  // What was listed before it was given up is too old.
  CHECK(at.list_pods(499) == "list pods");
  SECTION("and is ready at once when nothing was") {
    CHECK(at.list_pods(500).empty());
    CHECK(at.core->settled());
    CHECK(at.tick() == "update nodes/n1/status");
    CHECK(test::text_of(*at.last[0].request.body).find("KubeletReady")
          != std::string::npos);
  }
  SECTION("before it is ready") {
    CHECK(at.list_pods(501, 2).empty());
    CHECK_FALSE(at.core->settled());
    CHECK(at.tick() == "update nodes/n1/status");
    CHECK(test::text_of(*at.last[0].request.body)
              .find("deleted while the node was away are still running")
          != std::string::npos);
    at.accept();
    CHECK(at.list_pods(502, 0).empty());
    CHECK(at.core->settled());
    CHECK(at.tick().find("update nodes/n1/status") != std::string::npos);
  }
  SECTION("for a minute at most") {
    CHECK(at.list_pods(501, 1).empty());
    at.tick(59s);
    at.list_pods(501, 1);
    CHECK_FALSE(at.core->settled());
    at.tick(1s);
    at.list_pods(501, 1);
    CHECK(at.core->settled());
  }
  SECTION("each time that it is given up") {
    at.list_pods(500);
    at.tick();
    at.accept();
    // The controllers' writes between are no news.
    CHECK(at.see(given_up("901", "2024-10-04T00:00:00Z").c_str()).empty());
    CHECK(at.core->settled());
    CHECK(at.see(given_up("902", "2024-10-04T00:01:00Z").c_str())
          == "list pods");
    CHECK_FALSE(at.core->settled());
  }
}

TEST_CASE("users hear of what becomes of a node", "[agent]") {
  using texts = std::vector<std::string>;
  world at;
  at.tick();
  at.answer(node_call::create_node,
            succeeded(test::shared_object("Node", ready_for_pods)));
  CHECK(std::exchange(at.events, {}) == texts{"Starting kubelet."});
  at.tick();
  at.accept();
  CHECK(std::exchange(at.events, {})
        == texts{"Node n1 status is now: NodeHasSufficientMemory",
                 "Node n1 status is now: NodeHasNoDiskPressure",
                 "Node n1 status is now: NodeHasSufficientPID"});
  at.core->network_opened("", at.now);
  at.list_pods(100);
  at.tick();
  CHECK(at.events.empty());
  at.accept();
  CHECK(std::exchange(at.events, {})
        == texts{"Node n1 status is now: NodeReady"});
  at.see(R"({"metadata":{"name":"n1","uid":"u1","resourceVersion":"800"},
             "spec":{"podCIDR":"10.9.1.0/24","unschedulable":true}})");
  at.see(R"({"metadata":{"name":"n1","uid":"u1","resourceVersion":"801"},
             "spec":{"podCIDR":"10.9.1.0/24"}})");
  CHECK(at.events
        == texts{"Node n1 status is now: NodeNotSchedulable",
                 "Node n1 status is now: NodeSchedulable"});
}
