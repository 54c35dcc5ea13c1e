#include "actors/scheduler/scheduler_core.hpp"
#include "tests/support/api_world.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>

// Places pods of a few replica sets behind services on nodes in three zones,
// and reports the time the scheduler took for it, and that of the whole write
// path in memory with it. Run by hand: scheduler_bench [pods] [nodes] [sets].
namespace {

using namespace troupe;

/// Processor time of this process: others may run beside it.
double seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

void fill(test::api_world& world, int pods, int nodes, int sets) {
  world.place("{apiVersion: v1, kind: Namespace, metadata: {name: d}, status: "
              "{phase: Active}}");
  for (int i = 0; i < nodes; ++i) {
    const auto name = "n" + std::to_string(i);
    world.place("{apiVersion: v1, kind: Node, metadata: {name: " + name
                + ", labels: {kubernetes.io/hostname: " + name
                + ", topology.kubernetes.io/zone: z" + std::to_string(i % 3)
                + "}}, status: {allocatable: {cpu: \"32\", memory: 64Gi, "
                  "pods: \"110\"}}}");
  }
  for (int i = 0; i < sets; ++i)
    world.place("{apiVersion: v1, kind: Service, metadata: {name: s"
                + std::to_string(i)
                + ", namespace: d}, spec: {selector: "
                  "{app: s"
                + std::to_string(i) + "}}}");
  for (int i = 0; i < pods; ++i) {
    const auto set = std::to_string(i % sets);
    const auto name = "p" + std::to_string(i);
    world.place("{apiVersion: v1, kind: Pod, metadata: {name: " + name
                + ", namespace: d, uid: u-" + name + ", labels: {app: s" + set
                + "}, ownerReferences: [{apiVersion: apps/v1, kind: "
                  "ReplicaSet, name: s"
                + set + ", uid: s" + set
                + ", controller: true}]}, spec: {schedulerName: "
                  "default-scheduler, containers: [{name: web, image: "
                  "\"web:1\", resources: {requests: {cpu: 250m, memory: "
                  "256Mi}}}]}, status: {phase: Pending}}");
  }
}

int number(int argc, char** argv, int at, int otherwise) {
  return argc > at ? std::atoi(argv[at]) : otherwise;
}

} // namespace

int main(int argc, char** argv) {
  const int pods = number(argc, argv, 1, 10'000);
  const int nodes = number(argc, argv, 2, 1'000);
  const int sets = number(argc, argv, 3, 10);
  test::api_world world;
  fill(world, pods, nodes, sets);
  scheduler::scheduler_core core{"bench", 1};
  std::vector<control::loop_input> answers;
  double inside = 0;
  int binds = 0;
  const double start = seconds();
  do {
    world.wall += std::chrono::milliseconds{1};
    const double before = seconds();
    auto effects = core.step({world.mono, world.wall}, world.store.current(),
                             std::exchange(answers, {}));
    inside += seconds() - before;
    for (auto& effect : effects.calls) {
      const bool bind = effect.request.target.subresource == "binding";
      binds += bind;
      answers.push_back(control::call_answered{
          effect.ticket,
          bind ? world.call(std::move(effect.request)) : api::response{}});
    }
    if (effects.read)
      answers.push_back(control::read_ended{});
  } while (!answers.empty());
  const double all = seconds() - start;
  std::printf("%d pods, %d nodes, %d sets: %d placed\n", pods, nodes, sets,
              binds);
  std::printf("scheduler alone   %8.3f s  %8.0f pods/s\n", inside,
              binds / inside);
  std::printf("with its binds    %8.3f s  %8.0f pods/s\n", all, binds / all);
  return binds == pods ? EXIT_SUCCESS : EXIT_FAILURE;
}
