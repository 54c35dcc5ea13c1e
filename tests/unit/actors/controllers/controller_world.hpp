#pragma once

#include "actors/controllers/controller_core.hpp"
#include "tests/support/loop_runner.hpp"

#include <string>
#include <vector>

namespace troupe::test {

using controller_world = api_world;

/// One controller in a world.
class controller_runner final : public loop_runner {
public:
  controller_runner(controller_world& world, controllers::controller_spec spec);

  /// One step: the oldest answer, news, or time passing. False when all is
  /// quiet.
  bool step() override;

  /// One step, no later than `end`. False when none is due before: then it is
  /// `end` now.
  bool step_until(mono_time end);

  std::vector<std::string> writes; ///< "delete core/configmaps/a/b", ...
  std::vector<std::string> events; ///< "Deployment web: Normal Scaling...", ...
};

} // namespace troupe::test
