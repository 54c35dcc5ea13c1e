#include "actors/scheduler/scheduling_queue.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::scheduler;
using namespace std::chrono_literals;

namespace {

struct fixture {
  scheduling_queue queue;
  mono_time now{};
  namespace_labels namespaces;

  pod_ptr make(const std::string& uid, std::int64_t priority = 0,
               bool gated = false) {
    auto pod = std::make_shared<pod_info>();
    pod->uid = uid;
    pod->priority = priority;
    pod->gated = gated;
    pod->what = std::make_shared<pod_class>();
    return pod;
  }

  void put(const std::string& uid, std::int64_t priority = 0,
           bool gated = false) {
    queue.put(make(uid, priority, gated), now, namespaces);
  }

  std::string pop() {
    const auto pod = queue.pop();
    return pod == nullptr ? "" : pod->uid;
  }

  void pass(duration span) {
    now += span;
    queue.advance(now);
  }

  void reject(const std::string& uid, plugin by = plugin::node_unschedulable) {
    plugin_set all;
    all.insert(by);
    queue.rejected(uid, all, now);
  }

  /// A node appears that pods may be placed on.
  void node_added() {
    const node_info node;
    cluster_change change;
    change.node_now = &node;
    queue.changed(change, namespaces, now);
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "the most important pod goes first, then the oldest",
                 "[scheduling queue]") {
  put("a");
  put("b", 10);
  pass(1s);
  put("c", 10);
  put("d");
  CHECK(pop() == "b");
  CHECK(pop() == "c");
  CHECK(pop() == "a");
  CHECK(pop() == "d");
  CHECK(pop() == "");
}

TEST_CASE_METHOD(fixture, "a pod whose priority changes finds its new place",
                 "[scheduling queue]") {
  put("a");
  put("b");
  put("b", 5);
  CHECK(pop() == "b");
  CHECK(pop() == "a");
}

TEST_CASE_METHOD(fixture, "a gated pod waits for its gates to go",
                 "[scheduling queue]") {
  put("a", 0, true);
  CHECK(pop() == "");
  CHECK(queue.gated() == 1);
  pass(10min);
  CHECK(pop() == "");
  put("a");
  CHECK(queue.gated() == 0);
  CHECK(pop() == "a");
}

TEST_CASE_METHOD(fixture, "a rejected pod waits for a change that helps",
                 "[scheduling queue]") {
  put("a");
  CHECK(pop() == "a");
  reject("a");
  CHECK(queue.unschedulable() == 1);
  CHECK(pop() == "");
  pass(2s);
  const node_info cordoned{.unschedulable = true};
  cluster_change useless;
  useless.node_now = &cordoned;
  queue.changed(useless, namespaces, now);
  CHECK(pop() == "");
  node_added();
  CHECK(queue.active() == 1);
  CHECK(pop() == "a");
}

TEST_CASE_METHOD(fixture, "a woken pod backs off unless nobody else waits",
                 "[scheduling queue]") {
  put("a");
  CHECK(pop() == "a");
  reject("a");
  node_added();
  CHECK(queue.backing_off() == 1);
  put("b");
  CHECK(pop() == "b");
  CHECK(pop() == "a");
}

TEST_CASE_METHOD(fixture, "errors back off from 1 s to 10 s, whoever waits",
                 "[scheduling queue]") {
  put("a");
  for (const auto wait : {1s, 2s, 4s, 8s, 10s, 10s}) {
    CHECK(pop() == "a");
    queue.failed("a", now);
    CHECK(queue.next_moment() == now + wait);
    node_added();
    pass(wait - 1ms);
    CHECK(pop() == "");
    pass(1ms);
  }
  CHECK(pop() == "a");
}

TEST_CASE_METHOD(fixture, "nobody waits for a change longer than 5 min",
                 "[scheduling queue]") {
  put("a");
  CHECK(pop() == "a");
  reject("a");
  CHECK(queue.next_moment() == now + 5min);
  pass(5min - 1ms);
  CHECK(pop() == "");
  pass(1ms);
  CHECK(pop() == "a");
}

TEST_CASE_METHOD(fixture, "a pod that is gone is forgotten wherever it is",
                 "[scheduling queue]") {
  for (const auto* uid : {"active", "hand", "pool", "error", "gate"})
    put(uid, 0, std::string_view{uid} == "gate");
  queue.remove("active");
  CHECK(pop() == "hand");
  CHECK(pop() == "pool");
  CHECK(pop() == "error");
  reject("pool");
  queue.failed("error", now);
  for (const auto* uid : {"hand", "pool", "error", "gate"})
    queue.remove(uid);
  pass(10min);
  CHECK_FALSE(queue.ready());
  CHECK_FALSE(queue.next_moment());
  CHECK(queue.gated() == 0);
  // What comes back for it is not taken.
  reject("hand");
  queue.failed("hand", now);
  CHECK(queue.unschedulable() == 0);
}
