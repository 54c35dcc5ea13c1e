#pragma once

#include "actors/scheduler/scheduler_core.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <deque>

namespace troupe::test {

/// The scheduler in a world, driven step by step, with the faults it must
/// bear. Without a seed it meets none.
class scheduler_runner {
public:
  explicit scheduler_runner(controller_world& world);

  /// From now on: stale views, lost writes, lost answers, late reads, deaths.
  void misbehave(std::uint64_t seed) { faults_.emplace(seed); }
  void behave() { faults_.reset(); }

  /// One step: the oldest answer, or news. False when there is neither and
  /// nothing is due.
  bool step();

  /// Steps until nothing is due now; throws after too many.
  void settle();

  /// Dies with all it knows; answers under way never arrive.
  void restart();

  const scheduler::scheduler_core& core() const { return *core_; }

  /// When the core wants to be stepped next.
  std::optional<mono_time> wake_at() const { return wake_at_; }

  std::vector<std::string> calls;    ///< "bind default/a to n1", ...
  std::vector<std::string> warnings; ///< of the core

private:
  bool fails(unsigned percent) { return faults_ && faults_->chance(percent); }
  std::shared_ptr<const store::store_snapshot> choose_view(bool fresh);
  void call(scheduler::call_effect& effect);

  controller_world& world_;
  std::unique_ptr<scheduler::scheduler_core> core_;
  std::uint64_t incarnation_ = 0;
  std::uint64_t steps_ = 0;
  std::deque<scheduler::core_input> answers_;
  std::shared_ptr<const store::store_snapshot> seen_;
  std::vector<std::shared_ptr<const store::store_snapshot>> history_;
  std::optional<mono_time> wake_at_;
  std::optional<prng> faults_;
};

} // namespace troupe::test
