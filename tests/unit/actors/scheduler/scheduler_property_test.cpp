#include "actors/scheduler/pod_info.hpp"
#include "tests/unit/actors/scheduler/scheduler_world.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace troupe;
using namespace troupe::scheduler;

namespace {

constexpr std::size_t nodes_max = 4;

std::string node(std::size_t i, prng& random) {
  return "{apiVersion: v1, kind: Node, metadata: {name: n" + std::to_string(i)
         + ", labels: {kubernetes.io/hostname: n" + std::to_string(i)
         + ", zone: z" + std::to_string(i % 2) + "}}, spec: {"
         + (random.chance(20) ? "unschedulable: true" : "")
         + "}, status: {allocatable: {cpu: \"2\", memory: 2Gi, pods: \"5\", "
           "example.com/gpu: \"2\", ephemeral-storage: 10Gi}}}";
}

std::string pod(std::size_t i, prng& random) {
  std::string requests = "cpu: " + std::to_string(random.below(1200)) + "m";
  if (random.chance(50))
    requests += ", memory: " + std::to_string(random.below(1500)) + "Mi";
  if (random.chance(20))
    requests += ", example.com/gpu: \"1\"";
  if (random.chance(20))
    requests += ", ephemeral-storage: 4Gi";
  std::string more;
  if (random.chance(20))
    more = ", ports: [{containerPort: 80, hostPort: 80}]";
  std::string spread;
  if (random.chance(20))
    spread = ", affinity: {podAntiAffinity: "
             "{requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: "
             "kubernetes.io/hostname, labelSelector: {matchLabels: {lone: "
             "\"1\"}}}]}}";
  return "{apiVersion: v1, kind: Pod, metadata: {name: p" + std::to_string(i)
         + ", namespace: d, uid: u" + std::to_string(random.next() % 1'000'000)
         + "-" + std::to_string(i) + ", labels: {lone: \""
         + (spread.empty() ? "0" : "1")
         + "\"}}, spec: {schedulerName: default-scheduler, priority: "
         + std::to_string(random.below(3)) + spread
         + ", containers: [{name: a, resources: {requests: {" + requests + "}}"
         + more + "}]}, status: {phase: Pending}}";
}

/// What stands on each node, straight from the store.
node_table recount(const test::api_world& world, class_table& classes) {
  node_table out;
  const auto view = world.view();
  view.each("core/nodes/", [&](const auto& key, const auto&) {
    out.put_node(read_node(*view.get(key)));
    return true;
  });
  view.each("core/pods/", [&](const auto& key, const auto& version) {
    const auto one = read_pod(key, *view.get(key), version->modified, classes);
    if (one.assigned && !one.finished)
      out.put_pod(one.node, {one.uid, one.what, one.priority, one.deleting});
    return true;
  });
  return out;
}

/// No resource of a node is promised twice, no port given to two, no two
/// hermits together.
void check_nodes(const test::api_world& world) {
  class_table classes;
  const auto table = recount(world, classes);
  for (row at = 0; at < table.rows(); ++at) {
    if (!table.present(at))
      continue;
    const auto& has = table.node(at).allocatable;
    const auto& used = table.requested(at);
    REQUIRE(used.milli_cpu <= has.milli_cpu);
    REQUIRE(used.memory <= has.memory);
    REQUIRE(used.ephemeral_storage <= has.ephemeral_storage);
    for (const auto& one : used.scalars)
      REQUIRE(one.amount <= has.scalar_of(one.name));
    REQUIRE(static_cast<std::int64_t>(table.pods(at).size())
            <= table.node(at).pods_max);
    REQUIRE(table.ports(at).size() <= 1);
    std::size_t hermits = 0;
    for (const auto& one : table.pods(at))
      hermits += label_of(one.what->labels, "lone") == "1";
    REQUIRE(hermits <= 1);
  }
}

/// What waits has no node that would take it.
void check_waiting(const test::api_world& world) {
  class_table classes;
  const auto table = recount(world, classes);
  const auto view = world.view();
  prng random{1};
  view.each("core/pods/", [&](const auto& key, const auto& version) {
    const auto one = read_pod(key, *view.get(key), version->modified, classes);
    if (!one.assigned && !one.finished) {
      CAPTURE(key);
      class_view mine{one.what, std::nullopt};
      mine.refresh(table, {});
      CHECK_FALSE(place(mine, table, {}, random).node);
    }
    return true;
  });
}

} // namespace

TEST_CASE("no node is ever promised more than it has", "[scheduler property]") {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    CAPTURE(seed);
    prng random{seed};
    test::api_world world;
    world.place("{apiVersion: v1, kind: Namespace, metadata: {name: d}, "
                "status: {phase: Active}}");
    test::scheduler_runner runner{world};
    runner.misbehave(seed);
    for (std::size_t i = 0; i < nodes_max; ++i)
      world.place(node(i, random));
    for (int turn = 0; turn < 300; ++turn) {
      const auto i = random.below(30);
      const auto key = "core/pods/d/p" + std::to_string(i);
      switch (random.below(8)) {
        case 0:
        case 1:
          if (world.view().find(key) == nullptr)
            world.place(pod(i, random));
          break;
        case 2:
          world.erase(key);
          break;
        case 3:
          if (random.chance(20))
            world.place(node(random.below(nodes_max), random));
          break;
        default:
          break;
      }
      for (int steps = 0; steps < 3; ++steps)
        if (!runner.step())
          world.advance(std::chrono::seconds{random.below(4)});
      check_nodes(world);
    }
    // The faults end: everything that fits is placed, and then it is quiet.
    runner.behave();
    for (int i = 0; i < 40; ++i) {
      world.advance(std::chrono::seconds{10});
      runner.settle();
    }
    check_nodes(world);
    CHECK(runner.core().quiet());
    check_waiting(world);
    // What it knows is what is.
    class_table classes;
    const auto fresh = recount(world, classes);
    const auto& kept = runner.core().nodes();
    REQUIRE(kept.size() == fresh.size());
    for (row at = 0; at < fresh.rows(); ++at) {
      const auto mine = kept.find(fresh.node(at).name);
      REQUIRE(mine);
      CHECK(kept.requested(*mine) == fresh.requested(at));
      CHECK(kept.pods(*mine).size() == fresh.pods(at).size());
    }
  }
}
