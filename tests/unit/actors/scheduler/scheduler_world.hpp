#pragma once

#include "actors/scheduler/scheduler_core.hpp"
#include "tests/support/loop_runner.hpp"

#include <string>
#include <vector>

namespace troupe::test {

/// The scheduler in a world.
class scheduler_runner final : public loop_runner {
public:
  explicit scheduler_runner(api_world& world);

  /// Of the standing incarnation; there is one once it was stepped.
  const scheduler::scheduler_core& core() const { return *core_; }

  std::vector<std::string> calls; ///< "bind default/a to n1", ...

private:
  const scheduler::scheduler_core* core_ = nullptr;
  std::uint64_t incarnation_ = 0;
};

} // namespace troupe::test
