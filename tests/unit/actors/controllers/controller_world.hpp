#pragma once

#include "actors/controllers/controller_core.hpp"
#include "actors/gateway/object/local_api.hpp"
#include "runtime/base/prng.hpp"
#include "tests/support/local_store.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::test {

/// The write path over a store in memory, with time and ids that repeat, for
/// controllers to live in: each may do what its role gives. The service account
/// that pods need is there with the first of them.
class controller_world {
public:
  controller_world();
  controller_world(const controller_world&) = delete;
  controller_world& operator=(const controller_world&) = delete;

  /// Puts an object in place as it is, past the write path; YAML with
  /// apiVersion and kind. Returns its key.
  control::object_key place(const std::string& yaml);

  /// Removes an object, past the write path.
  void erase(const control::object_key& key);

  /// One request through the write path.
  api::response call(api::request request);

  /// A user's write.
  api::response act(const control::action& wanted);

  /// A user's DELETE.
  api::response remove(const control::object_key& key,
                       const std::string& propagation_policy);

  /// All that is stored, with the owner index, as of now.
  control::snapshot view() const;

  /// Keys under a prefix, without it.
  std::vector<std::string> names(const std::string& prefix) const;

  controllers::moment now() const { return {mono, wall}; }
  void advance(duration by);

  local_store store;
  mono_time mono{};
  wall_time wall;

private:
  store::proposal_id next_id();
  void give_account(const api::request& request);

  std::uint64_t drawn_ = 0;
  std::unique_ptr<gateway::local_api> api_;
};

/// One controller in a world, driven step by step, with the faults it must
/// bear. Without a seed it meets none.
class controller_runner {
public:
  controller_runner(controller_world& world, controllers::controller_spec spec);

  /// From now on: stale views, lost writes, lost answers, late reads, deaths.
  void misbehave(std::uint64_t seed) { faults_.emplace(seed); }
  void behave() { faults_.reset(); }

  /// One step: the oldest answer, or time passing. False when all is quiet.
  bool step();

  /// Steps until all is quiet; throws after too many.
  void settle();

  /// One step, no later than `end`. False when none is due before: then it is
  /// `end` now.
  bool step_until(mono_time end);

  /// Dies with all it knows; answers under way never arrive.
  void restart();

  /// What the API says instead of carrying a write out.
  std::function<std::optional<api::response>(const api::request&)> refuse;
  /// Hears every write before it is carried out.
  std::function<void(const api::request&)> before_write;
  std::vector<std::string> writes; ///< "delete core/configmaps/a/b", ...
  std::vector<std::string> events; ///< "Deployment web: Normal Scaling...", ...

private:
  bool has_news() const;
  bool fails(unsigned percent) { return faults_ && faults_->chance(percent); }
  std::shared_ptr<const store::store_snapshot> choose_view(bool fresh);
  void write(controllers::write_effect& effect);

  controller_world& world_;
  controllers::controller_spec spec_;
  std::unique_ptr<controllers::controller_core> core_;
  std::deque<controllers::core_input> answers_;
  std::shared_ptr<const store::store_snapshot> seen_;
  std::vector<std::shared_ptr<const store::store_snapshot>> history_;
  std::optional<mono_time> wake_at_;
  std::optional<prng> faults_;
};

} // namespace troupe::test
