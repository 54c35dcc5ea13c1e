#pragma once

#include "messages/protocol/raft.hpp"
#include "runtime/raft/effect.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace troupe::raft {

/// Knows what storage was asked to do, and what of it is durable.
///
/// All changes of one step share the next sequence number. A truncation makes
/// what was durable from there on count for nothing, since the position is
/// about to hold another entry.
class durability {
public:
  /// `recovered` is on disk.
  explicit durability(log_index recovered);

  /// The log changed: entries from `index` on were replaced, or, without, only
  /// appended to.
  void log_changed(std::optional<log_index> truncated_from);

  /// The log became empty after `at`; all that was pending is void.
  void log_reset(log_position at);

  /// A durable snapshot stands for the log up to `at`, which the log holds.
  void covered(log_position at);

  void hard_state_changed();

  /// Turns the changes of this step into effects, at most one of each kind.
  /// `entries_from(i)` gives the log from `i` on.
  template <class EntriesFrom>
  std::vector<effect> flush(const hard_state& hard, log_index last,
                            EntriesFrom entries_from);

  /// Storage effects up to `through` are durable.
  void persisted(storage_sequence through);

  /// Last log index whose entry, as the log has it now, is durable.
  log_index durable_index() const { return durable_index_; }

  bool hard_state_durable() const { return hard_sequence_ <= durable_; }

  /// What a message must wait for that speaks of the term or the vote. None
  /// ever shows a term that a crash could take back.
  storage_sequence after_hard_state() const { return hard_sequence_; }

  /// What a message must wait for that acknowledges the log up to `index`.
  storage_sequence after_log(log_index index) const;

private:
  struct pending {
    storage_sequence sequence;
    log_index last;
  };

  storage_sequence next() const { return issued_.next(); }

  storage_sequence issued_;
  storage_sequence durable_;
  storage_sequence hard_sequence_;
  storage_sequence log_sequence_;
  log_index durable_index_;
  log_index handed_out_; ///< last index in an effect, as the log has it now
  std::deque<pending> pending_;
  std::optional<log_index> truncate_from_;
  std::optional<log_position> reset_;
  bool hard_changed_ = false;
  bool log_changed_ = false;
};

template <class EntriesFrom>
std::vector<effect> durability::flush(const hard_state& hard, log_index last,
                                      EntriesFrom entries_from) {
  std::vector<effect> out;
  if (!hard_changed_ && !log_changed_)
    return out;
  issued_ = next();
  if (hard_changed_)
    out.push_back(persist_hard_state{issued_, hard});
  if (reset_)
    out.push_back(reset_log{issued_, *reset_});
  if (truncate_from_ || handed_out_ < last) {
    auto entries = entries_from(handed_out_.next());
    out.push_back(append_log{issued_, truncate_from_, std::move(entries)});
  }
  if (log_changed_)
    pending_.push_back({issued_, last});
  handed_out_ = last;
  truncate_from_.reset();
  reset_.reset();
  hard_changed_ = log_changed_ = false;
  return out;
}

} // namespace troupe::raft
