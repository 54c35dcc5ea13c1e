#pragma once

#include "messages/protocol/raft.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <variant>

namespace troupe::raft {

/// What the leader knows of one follower, and how fast it sends to it.
///
///               1                        3
///     +------------------+     +-------------------+
///     |                  v     v                   |
///  probing <--2-- replicating --> installing --4---+
///     |                                ^
///     +---------------3----------------+
///
/// 1. an append was accepted: the logs agree up to `match`; send ahead.
/// 2. an append was refused or got lost: find the place again, one at a time.
/// 3. the follower needs entries that were compacted: send the snapshot.
/// 4. the snapshot was installed: its end is matched; replicating.
class progress {
public:
  /// At most one append on its way.
  struct probing {
    bool waiting = false;
  };

  /// Last index of each append on its way, ascending.
  struct replicating {
    std::deque<log_index> in_flight;
  };

  /// Chunks are sent one at a time.
  struct installing {
    log_position snapshot;
    std::uint64_t offset = 0;
    unsigned idle_ticks = 0;
  };

  using mode_type = std::variant<probing, replicating, installing>;

  /// A follower about whom nothing is known but that the leader's log ended
  /// at `last` when it was elected (3.5: nextIndex).
  explicit progress(log_index last) : next_(last.next()) {}

  /// The follower's durable log is known to equal the leader's up to here.
  log_index match() const { return match_; }

  /// First entry the next append carries.
  log_index next() const { return next_; }

  const mode_type& mode() const { return mode_; }
  installing* installation() { return std::get_if<installing>(&mode_); }
  bool is_probing() const { return std::holds_alternative<probing>(mode_); }

  /// Whether an append may be sent now.
  bool may_send(std::size_t inflight_max) const;

  /// An append went out with `count` entries from `next()` on.
  void sent(std::size_t count, log_index commit);

  /// Edges 1 and 4. False if it told nothing new.
  bool accepted(log_index match);

  /// Edge 2. `retry` is the place the hint leads to. False if the refusal is
  /// stale.
  bool rejected(log_index previous, log_index retry);

  /// The follower lost what it held beyond `kept`.
  void lost_tail(log_index kept);

  /// A heartbeat was answered: what is still unanswered now and was at the
  /// last answer, is lost.
  void heard();

  /// Edge 3.
  void install(log_position snapshot);

  /// The commit index the follower was last told of.
  log_index commit_told() const { return commit_told_; }

  bool active = false;    ///< heard from since the last check of the quorum
  read_context confirmed; ///< newest round it confirmed (6.4)

private:
  void probe_from(log_index next);

  log_index match_;
  log_index next_;
  log_index commit_told_;
  mode_type mode_ = probing{};
  bool advanced_ = false;
};

} // namespace troupe::raft
