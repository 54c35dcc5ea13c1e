#include "runtime/raft/durability.hpp"

#include "messages/base/check.hpp"

#include <algorithm>

namespace troupe::raft {

durability::durability(log_index recovered)
    : durable_index_(recovered), handed_out_(recovered) {
  // nop
}

void durability::log_changed(std::optional<log_index> truncated_from) {
  log_changed_ = true;
  log_sequence_ = next();
  if (!truncated_from)
    return;
  TROUPE_CHECK(truncated_from->value() > 0, "the first entry has index 1");
  const log_index kept{truncated_from->value() - 1};
  durable_index_ = std::min(durable_index_, kept);
  for (auto& p : pending_)
    p.last = std::min(p.last, kept);
  // What was never handed out need not be taken back from storage.
  if (handed_out_ > kept) {
    truncate_from_ = truncated_from;
    handed_out_ = kept;
  }
}

void durability::log_reset(log_position at) {
  TROUPE_CHECK(at.index.value() > 0, "a log is reset to a snapshot");
  log_changed_ = true;
  log_sequence_ = next();
  // The snapshot itself is durable, and stands for the log up to its end.
  durable_index_ = handed_out_ = at.index;
  pending_.clear();
  truncate_from_.reset();
  reset_ = at;
}

void durability::covered(log_position at) {
  // Storage never saw some of what is covered, and need not any more.
  if (at.index > handed_out_)
    log_reset(at);
  durable_index_ = std::max(durable_index_, at.index);
}

void durability::hard_state_changed() {
  hard_changed_ = true;
  hard_sequence_ = next();
}

void durability::persisted(storage_sequence through) {
  TROUPE_CHECK(through <= issued_, "only what was asked for becomes durable");
  TROUPE_CHECK(through >= durable_, "storage completes in order");
  durable_ = through;
  while (!pending_.empty() && pending_.front().sequence <= through) {
    durable_index_ = std::max(durable_index_, pending_.front().last);
    pending_.pop_front();
  }
}

storage_sequence durability::after_log(log_index index) const {
  if (index <= durable_index_)
    return hard_sequence_;
  for (const auto& p : pending_) {
    if (p.last >= index)
      return std::max(p.sequence, hard_sequence_);
  }
  TROUPE_CHECK(log_changed_, "an entry is durable, pending or new");
  return std::max(log_sequence_, hard_sequence_);
}

} // namespace troupe::raft
