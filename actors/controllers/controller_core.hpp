#pragma once

#include "actors/controllers/controller_spec.hpp"
#include "runtime/base/prng.hpp"
#include "runtime/control/control_loop.hpp"
#include "runtime/control/revision_barrier.hpp"
#include "runtime/control/work_queue.hpp"
#include "runtime/control/write_request.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe::controllers {

/// Something users should hear.
struct event_effect {
  control::event_subject about;
  control::event_note note;
};

/// What a step wants done.
struct core_effects : control::loop_effects {
  std::vector<event_effect> events;
};

/// A controller without its actor: queue, view, plans under way. It rebuilds
/// itself from the first view it is given, so it may die at any point.
///
/// A key's way, once `next` handed it out:
///
///     planned ──(empty)──▶ done; `again_at` brings it back
///        │ needs confirmation ──▶ waits for a read ──▶ planned again ─┐
///        ▼                                                            │
///     writes under way ◀──────────────────────────────────────────────┘
///        │ all answered ──▶ waits until the view covers them ──▶ done
///        └ some unknown ──▶ waits for a read ──▶ done, tried again
class controller_core {
public:
  /// Keys worked on at the same time.
  static constexpr std::size_t keys_max = 8;
  /// Writes of one plan; a longer one goes on when these are done.
  static constexpr std::size_t writes_per_key_max = 64;
  /// So many answers can be under way: room a mailbox must have.
  static constexpr std::size_t answers_max = keys_max * writes_per_key_max;

  /// `seed` spreads retries.
  controller_core(controller_spec spec, std::uint64_t seed);

  core_effects step(const control::moment& now,
                    std::shared_ptr<const store::store_snapshot> view,
                    std::vector<control::loop_input> inputs);

  /// No key waits, is worked on, or will be tried again.
  bool quiet() const;

private:
  /// A key's plan while its writes are under way.
  struct work {
    std::map<control::call_ticket, control::action> open;
    store::revision newest;
    bool outdated = false;
    bool unknown = false;
    bool more = false; ///< the plan was longer than `writes_per_key_max`
    std::vector<control::refusal> refusals;
  };

  void take(control::call_answered& input);
  void take(control::read_ended& input);
  void look(std::shared_ptr<const store::store_snapshot> view);
  void enqueue_periodic();
  void plan(const object_key& key, bool confirmed);
  void tell(const control::action& action, control::verdict verdict,
            const std::string& why);
  void carry_out(const object_key& key, const control::plan& what);
  void conclude(const object_key& key, work& ended);
  void rest(const object_key& key);
  void again(const object_key& key);

  controller_spec spec_;
  prng random_;
  control::informer_cache cache_;
  control::work_queue queue_;
  control::revision_barrier barrier_;
  std::map<object_key, work> works_;
  std::map<control::call_ticket, object_key> tickets_;
  control::call_ticket last_ticket_;
  std::size_t in_hand_ = 0; ///< keys handed out and not done
  /// Keys whose read confirms a plan, among those that wait for one.
  std::set<object_key> confirming_;
  /// What was refused of each key's last plan, until it fares well.
  std::map<object_key, std::vector<control::refusal>> refusals_;
  control::sightings sightings_;
  std::optional<mono_time> next_period_;
  control::moment now_{};
  core_effects out_;
};

} // namespace troupe::controllers
