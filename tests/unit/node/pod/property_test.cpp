#include "tests/unit/node/pod/sim_node.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

constexpr int seeds = 100;
constexpr int steps = 120;
constexpr int settle_steps_max = 2000;

/// A pod drawn from what pods may be.
std::string draw_pod(std::uint64_t seed) {
  prng random{seed};
  const char* policies[] = {"Always", "OnFailure", "Never"};
  std::string out = "metadata: {namespace: ns, name: p, uid: u}\nspec:\n";
  out += std::string{"  restartPolicy: "} + policies[random.below(3)] + '\n';
  if (random.chance(15))
    out += "  activeDeadlineSeconds: 200\n";
  out += "  terminationGracePeriodSeconds: 5\n";
  const auto container = [&](const std::string& name, bool sidecar) {
    out += "  - {name: " + name + ", image: " + name;
    if (sidecar)
      out += ", restartPolicy: Always";
    if (random.chance(30))
      out += ", lifecycle: {preStop: {sleep: {seconds: 1}}}";
    else if (random.chance(30))
      out += ", lifecycle: {postStart: {sleep: {seconds: 1}}}";
    out += "}\n";
  };
  if (random.chance(60)) {
    out += "  initContainers:\n";
    for (std::uint64_t i = 0; i <= random.below(3); ++i)
      container("i" + std::to_string(i), random.chance(50));
  }
  out += "  containers:\n";
  for (std::uint64_t i = 0; i <= random.below(3); ++i)
    container("c" + std::to_string(i), false);
  if (random.chance(30))
    out += "  ephemeralContainers:\n  - {name: e, image: e}\n";
  return out;
}

} // namespace

TEST_CASE("whatever happens, deletion finishes", "[pod]") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    INFO("seed " << seed);
    test::sim_node node{seed, draw_pod(seed)};
    for (int i = 0; i < steps; ++i)
      node.step();
    node.remove_object();
    REQUIRE(node.settle(settle_steps_max));
    REQUIRE(node.is_finished());
  }
}

TEST_CASE("without disturbance a pod comes to rest", "[pod]") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    INFO("seed " << seed);
    test::sim_node node{seed, draw_pod(seed)};
    for (int i = 0; i < steps; ++i)
      node.step();
    REQUIRE(node.settle(settle_steps_max));
    REQUIRE_FALSE(node.is_finished());
  }
}
