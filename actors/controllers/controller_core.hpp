#pragma once

#include "actors/controllers/controller_spec.hpp"
#include "messages/api/request.hpp"
#include "runtime/base/prng.hpp"
#include "runtime/control/revision_barrier.hpp"
#include "runtime/control/work_queue.hpp"
#include "runtime/control/write_request.hpp"
#include "runtime/store/store_port.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace troupe::controllers {

/// Numbers the writes of one incarnation.
using write_ticket = strong<std::uint64_t, struct write_ticket_tag>;

/// A write was answered.
struct write_answered {
  write_ticket ticket;
  api::response response;
};

/// The linearizable read that was asked for has ended. When it was reached,
/// the view given to the same step covers it.
struct read_ended {
  store::barrier_outcome outcome = store::barrier_outcome::reached;
};

using core_input = std::variant<write_answered, read_ended>;

/// The two clocks, read once for a step.
struct moment {
  mono_time mono;
  wall_time wall;
};

struct write_effect {
  write_ticket ticket;
  api::request request;
};

/// Something users should hear.
struct event_effect {
  control::event_subject about;
  control::event_note note;
};

/// What a step wants done.
struct core_effects {
  std::vector<write_effect> writes;
  std::vector<event_effect> events;
  /// Ask for a linearizable read; `read_ended` answers.
  bool read = false;
  /// Step again at this moment at the latest.
  std::optional<mono_time> wake_at;
  /// Lines for the log, about what was refused.
  std::vector<std::string> warnings;
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

  core_effects step(const moment& now,
                    std::shared_ptr<const store::store_snapshot> view,
                    std::vector<core_input> inputs);

  /// No key waits, is worked on, or will be tried again.
  bool quiet() const;

private:
  /// A key's plan while its writes are under way.
  struct work {
    std::map<write_ticket, control::action> open;
    store::revision newest;
    bool outdated = false;
    bool unknown = false;
    bool more = false; ///< the plan was longer than `writes_per_key_max`
    std::vector<control::refusal> refusals;
  };

  void take(write_answered& input);
  void take(read_ended& input);
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
  std::map<write_ticket, object_key> tickets_;
  write_ticket last_ticket_;
  std::size_t in_hand_ = 0; ///< keys handed out and not done
  /// Keys whose read confirms a plan, among those that wait for one.
  std::set<object_key> confirming_;
  /// What was refused of each key's last plan, until it fares well.
  std::map<object_key, std::vector<control::refusal>> refusals_;
  control::sightings sightings_;
  std::optional<mono_time> next_period_;
  moment now_{};
  core_effects out_;
};

} // namespace troupe::controllers
