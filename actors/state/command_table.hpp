#pragma once

#include "actors/state/waiting.hpp"
#include "messages/protocol/store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace troupe::state {

/// Commands without an outcome yet, and where each of them is:
///
///     parked ──> in the own log ──> applied there: won or lost
///       ^  └───> with the leader ──> told its outcome ──> applied here
///       └── lost, not heard of, or refused because another one leads
///
/// A command keeps its proposal id through all of it, so that it takes effect
/// once at most.
class command_table {
public:
  std::size_t size() const { return deadlines_.size(); }

  bool contains(ticket tag) const { return rows_.contains(tag); }

  /// A new one, parked.
  void add(ticket tag, shared_bytes payload, wall_time deadline);

  /// Takes those that are parked, in order; each must then be placed, sent or
  /// parked again.
  std::vector<ticket> take_parked();

  bool has_parked() const { return !parked_.empty(); }

  const shared_bytes& payload(ticket tag) const {
    return rows_.at(tag).payload;
  }

  wall_time deadline(ticket tag) const { return rows_.at(tag).deadline; }

  /// Whether it may be in a log, or on its way to one.
  bool was_tried(ticket tag) const { return rows_.at(tag).attempts > 0; }

  /// Whether it was given away more than once: then what is heard of the last
  /// attempt does not tell of those before.
  bool was_repeated(ticket tag) const { return rows_.at(tag).attempts > 1; }

  /// The own log holds it at `at`.
  void placed(ticket tag, raft::log_position at);

  /// It went to `leader`, in request `number`.
  void sent(ticket tag, const raft::member_id& leader, std::uint64_t number);

  /// Whether it is with the leader, and request `number` took it there.
  bool is_attempt(ticket tag, std::uint64_t number) const;

  /// It surely went nowhere this time; to be tried again after `release`.
  void refused(ticket tag);

  /// The outcome, true once the log up to `applied` is.
  void decided(ticket tag, raft::log_index applied,
               store::propose_outcome outcome);

  /// What was refused is parked again.
  void release();

  /// A tick went by: those sent `patience` ticks ago are parked again.
  void age(unsigned patience);

  /// What went to others than `leader` is parked again.
  void leader_is(const raft::member_id& leader);

  /// An entry of `at.term` is being applied at `at.index`. The ticket whose
  /// entry it is, if any; those whose entry it replaced are parked again.
  std::optional<ticket> applied(raft::log_position at);

  /// A snapshot stands for the log up to `through`: nobody knows what became
  /// of the entries below it, so they are parked again.
  void covered(raft::log_index through);

  /// Takes those decided by what is applied now.
  struct settled {
    ticket tag;
    store::propose_outcome outcome;
  };
  std::vector<settled> settle(raft::log_index applied);

  /// Those whose deadline is before `now`; they stay.
  std::vector<ticket> expired(wall_time now) const {
    return deadlines_.expired(now);
  }

  /// False when it was not there.
  bool remove(ticket tag);

private:
  enum class place { parked, refused, own_log, sent, decided };

  struct row {
    shared_bytes payload;
    wall_time deadline;
    place where = place::parked;
    unsigned attempts = 0;
    unsigned age = 0;         ///< ticks since it was sent
    raft::log_position at;    ///< in the own log; `index` alone when decided
    raft::member_id receiver; ///< of a sent one, and in which request
    std::uint64_t number = 0;
    std::optional<store::propose_outcome> outcome;
  };

  void park(ticket tag, row& r);
  void leave_index(ticket tag, const row& r);
  template <class Predicate>
  void park_sent(Predicate which);

  deadline_table<wall_time> deadlines_;
  std::unordered_map<ticket, row> rows_;
  /// May name some that have moved on or gone since.
  std::vector<ticket> parked_;
  std::vector<ticket> refused_;
  std::set<ticket> sent_;
  std::multimap<raft::log_index, ticket> by_index_; ///< own log and decided
};

} // namespace troupe::state
