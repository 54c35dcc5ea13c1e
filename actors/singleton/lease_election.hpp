#pragma once

#include "messages/base/result.hpp"
#include "runtime/base/prng.hpp"
#include "runtime/control/control_loop.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::singleton {

struct election_config {
  /// Name of the Lease in kube-system, and of the fence: "kube-scheduler".
  std::string lease;
  /// Whose candidate this is: "s1". No '_' in it.
  std::string member;
  api::identity user; ///< who asks for it
  /// A holder that was not seen to renew for so long has lost it. As
  /// kube-controller-manager's; told to others in the Lease.
  duration lease_duration = std::chrono::seconds{15};
  /// A holder that could not renew for so long stops by itself.
  duration renew_deadline = std::chrono::seconds{10};
  duration retry_period = std::chrono::seconds{2};

  status_result validate() const;
};

/// What a step wants done, in this order.
struct election_effects : control::loop_effects {
  /// Those of the last holding must not write any more.
  bool stop = false;
  /// Raise the fence to this epoch. Its outcome shows in the view; step again
  /// when there is one.
  std::optional<store::revision> raise;
  /// Start them; what they write is fenced with this epoch.
  std::optional<store::revision> start;
};

/// One candidate for a Lease:
///
///     waiting ──(free, silent, or of this member's earlier life)──▶ asking
///      │ ▲                                                            │
///      │ │ lost: somebody else holds it, the fence refused a write,   │
///      │ │ it could not be renewed in time, or the server leaves      │
///      │ └──────────── holding ◀──(own view has the fence)── raising ◀┘
///      └─(the server leaves)─▶ gives back what is this member's, and is no
///                              candidate any more
///
/// The epoch is the revision of the write that made the holder holder. Each
/// holding has an identity of its own, `<member>_<random>`, so that one look at
/// the Lease tells whether a write whose answer was lost has happened.
///
/// Clocks of others decide nothing: a holder is silent when this candidate has
/// seen no change of the Lease for as long as the Lease says, by its own
/// monotonic clock. A member's earlier life is over, for the lock on its data
/// directory has passed to this one.
class lease_election {
public:
  /// `seed` gives identities and spreads retries.
  lease_election(election_config config, std::uint64_t seed);

  election_effects step(const control::moment& now,
                        std::shared_ptr<const store::store_snapshot> view,
                        std::vector<control::loop_input> inputs);

  /// A write of this holding was refused, because `standing` stands. Heard by
  /// the next step.
  void fenced_off(store::revision standing);

  /// The server is to end: from the next step on this is no candidate.
  void leave() { leaving_ = true; }

  /// It was told to leave, and nothing is left to give back.
  bool has_left() const;

  /// What to hear of, as key prefixes.
  static std::vector<std::string> prefixes(const election_config& config);

  bool holding() const { return phase_ == phase::holding; }

  /// Of the holding that is being raised or held; 0: none.
  store::revision epoch() const { return epoch_; }

private:
  enum class phase : std::uint8_t { waiting, raising, holding };

  /// The Lease as the view has it.
  struct seen_lease {
    store::revision at; ///< 0: it is not there
    std::string holder;
    duration lasts{};
    std::shared_ptr<const codec::document> object;
  };

  struct asked {
    control::call_ticket ticket;
    mono_time at;
    std::string holder;
    std::string renew_time;
  };

  void look(std::shared_ptr<const store::store_snapshot> view);
  void read_lease(const store::version_ptr& version);
  void take(control::call_answered& input);
  void take(control::read_ended& input);
  void read();
  void settle_doubt();
  void acquired(const asked& by, store::revision at);
  void check_holding();
  void lose(const std::string& why);
  void step_down();
  void raise();
  void campaign();
  void renew();
  void give_back();
  void write(std::string holder, bool anew);
  void ask(std::string holder, std::string time,
           std::shared_ptr<const codec::document> body);
  bool is_of_member() const;
  bool mine() const {
    return lease_.at.value() > 0 && lease_.holder == holder_;
  }
  void wake_at(mono_time when);

  const election_config config_;
  const std::string key_;
  prng random_;
  control::moment now_{};
  std::shared_ptr<const store::store_snapshot> view_;
  seen_lease lease_;
  mono_time changed_{}; ///< when the Lease was last seen to change

  phase phase_ = phase::waiting;
  std::string holder_; ///< of this holding
  store::revision epoch_;
  /// When the newest renewal that is known to have happened was asked for.
  mono_time renewed_{};
  store::revision standing_;        ///< as a refusal told
  std::optional<mono_time> raised_; ///< when last asked for

  control::call_ticket last_ticket_;
  std::optional<asked> open_;  ///< under way
  std::optional<asked> doubt_; ///< ended without an outcome
  bool must_read_ = false;     ///< the view may be older than what was answered
  bool reading_ = false;
  mono_time next_read_{};
  mono_time next_try_{};
  bool leaving_ = false;
  int returns_left_; ///< tries to give the lease back
  election_effects out_;
};

} // namespace troupe::singleton
