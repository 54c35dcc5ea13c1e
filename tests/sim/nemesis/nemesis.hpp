#pragma once

#include "tests/sim/world/environment.hpp"
#include "tests/sim/world/server.hpp"

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace troupe::sim {

/// What a fault may touch.
struct arena {
  environment& world;
  std::vector<std::unique_ptr<server>>& servers;
  prng random;

  unsigned draw_server() {
    return static_cast<unsigned>(random.below(servers.size()));
  }

  /// The leader, or any server when none is known.
  unsigned draw_leader();
};

/// Begins a fault and returns what ends it.
using fault = std::function<std::function<void()>(arena&)>;

/// Every kind there is, by name.
const std::map<std::string, fault, std::less<>>& fault_kinds();

/// Carries out the faults of a scenario until it is told to stop; then all of
/// them end and every server runs.
class nemesis {
public:
  nemesis(environment& world, std::vector<std::unique_ptr<server>>& servers,
          std::uint64_t seed);

  void start();
  void stop();

private:
  void arrange(const fault_plan& plan);
  void strike(const fault_plan& plan);
  duration draw(duration low, duration high);

  arena arena_;
  std::uint64_t struck_ = 0;
  std::map<std::uint64_t, std::function<void()>> under_way_;
  bool stopped_ = false;
};

} // namespace troupe::sim
