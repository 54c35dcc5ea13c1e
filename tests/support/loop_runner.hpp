#pragma once

#include "runtime/base/prng.hpp"
#include "tests/support/api_world.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::test {

/// A loop in a world, driven step by step, with the faults it must bear.
/// Without a seed it meets none.
class loop_runner {
public:
  using maker = std::function<std::unique_ptr<control::control_loop>()>;

  /// `make` is called for each incarnation.
  loop_runner(api_world& world, maker make);
  virtual ~loop_runner() = default;
  loop_runner(const loop_runner&) = delete;
  loop_runner& operator=(const loop_runner&) = delete;

  /// From now on: stale views, lost calls, lost answers, late reads, deaths.
  void misbehave(std::uint64_t seed) { faults_.emplace(seed); }
  void behave() { faults_.reset(); }

  /// One step: the oldest answer, news, or its moment. False when there is
  /// none of them.
  virtual bool step();

  /// Steps until none is due; throws after too many.
  void settle();

  /// Dies with all it knows; answers under way never arrive.
  void restart();

  /// When the loop wants to be stepped next.
  std::optional<mono_time> wake_at() const { return wake_at_; }

  /// It is to be stepped now, whatever it wants.
  void poke() { wake_at_ = world_.mono; }

  /// What the API says instead of carrying a call out.
  std::function<std::optional<api::response>(const api::request&)> refuse;
  /// Hears every call before it is carried out.
  std::function<void(const api::request&)> before_write;
  /// Hears every call that is made.
  std::function<void(const api::request&)> on_call;
  std::vector<std::string> warnings; ///< of the loop
  /// Never twice the same wall time: a little is added with each step.
  bool unique_times = false;
  /// What its wall clock shows beside the world's.
  duration wall_skew{};
  /// Its replica hears nothing new, and its calls and reads reach nobody.
  bool cut_off = false;
  /// So many next calls are carried out and the answer is lost.
  unsigned answers_to_lose = 0;

protected:
  bool has_news() const;
  bool idle() const { return answers_.empty() && !has_news(); }
  bool quiet() const { return loop_ && loop_->quiet(); }

  api_world& world_;

private:
  bool fails(unsigned percent) { return faults_ && faults_->chance(percent); }
  control::moment now();
  std::shared_ptr<const store::store_snapshot> choose_view(bool fresh);
  void call(control::call_effect& effect);

  maker make_;
  std::unique_ptr<control::control_loop> loop_; ///< null: made by a step
  std::deque<control::loop_input> answers_;
  std::shared_ptr<const store::store_snapshot> seen_;
  std::vector<std::shared_ptr<const store::store_snapshot>> history_;
  std::optional<mono_time> wake_at_;
  std::optional<prng> faults_;
  std::uint64_t steps_ = 0;
};

/// "delete core/configmaps/a/b", "update core/pods/a/b status".
std::string describe(const api::request& request);

} // namespace troupe::test
