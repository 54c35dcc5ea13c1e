#include "runtime/raft/log.hpp"

#include "messages/base/check.hpp"

#include <algorithm>

namespace troupe::raft {

namespace {

std::size_t payload_size(const entry& e) {
  return e.payload ? e.payload->size() : 0;
}

} // namespace

raft_log::raft_log(log_position start, std::vector<entry> entries)
    : start_(start), commit_(start.index) {
  // What the snapshot already covers is redundant. If the entry at its end is
  // another one, the snapshot came from a leader whose log replaced ours.
  for (auto& e : entries) {
    if (e.at.index == start.index && e.at.term != start.term)
      return;
    if (e.at.index > start.index)
      append(std::move(e));
  }
}

log_position raft_log::last() const {
  return entries_.empty() ? start_ : entries_.back().at;
}

std::optional<raft::term> raft_log::term_at(log_index index) const {
  if (index == start_.index)
    return start_.term;
  if (index < start_.index || index > last().index)
    return std::nullopt;
  return at(index).at.term;
}

bool raft_log::holds(log_position at) const {
  return term_at(at.index) == at.term;
}

bool raft_log::is_up_to_date(log_position other) const {
  const auto own = last();
  if (other.term != own.term)
    return other.term > own.term;
  return other.index >= own.index;
}

log_position raft_log::last_agreement(log_position at) const {
  auto index = std::min(at.index, last().index);
  while (index > start_.index && *term_at(index) > at.term)
    index = log_index{index.value() - 1};
  index = std::max(index, start_.index);
  return {index, *term_at(index)};
}

std::vector<entry> raft_log::slice(log_index first, std::size_t entries_max,
                                   std::size_t bytes_max) const {
  TROUPE_CHECK(first > start_.index, "a compacted entry is never read");
  std::vector<entry> out;
  std::size_t total = 0;
  for (auto i = first; i <= last().index; i = i.next()) {
    const auto& e = at(i);
    total += payload_size(e);
    if (!out.empty() && (out.size() >= entries_max || total > bytes_max))
      break;
    out.push_back(e);
  }
  return out;
}

std::vector<entry> raft_log::range(log_index first, log_index last) const {
  TROUPE_CHECK(first > start_.index, "a compacted entry is never read");
  TROUPE_CHECK(last <= this->last().index, "reads end with the log");
  std::vector<entry> out;
  for (auto i = first; i <= last; i = i.next())
    out.push_back(at(i));
  return out;
}

void raft_log::append(entry e) {
  TROUPE_CHECK(e.at.index == last().index.next(), "indices are continuous");
  TROUPE_CHECK(e.at.term >= last().term, "terms in a log never fall");
  entries_.push_back(std::move(e));
}

std::optional<log_index> raft_log::merge(std::span<const entry> entries) {
  std::optional<log_index> dropped;
  for (const auto& e : entries) {
    // A compacted entry was committed, so the sender's is the same.
    if (e.at.index <= start_.index || holds(e.at))
      continue;
    if (e.at.index <= last().index) {
      TROUPE_CHECK(e.at.index > commit_, "a committed entry never changes");
      TROUPE_CHECK(!dropped, "a log diverges at one place");
      dropped = e.at.index;
      const auto keep = e.at.index.value() - start_.index.value() - 1;
      entries_.resize(keep);
    }
    append(e);
  }
  return dropped;
}

void raft_log::commit_to(log_index index) {
  TROUPE_CHECK(index <= last().index, "commit never passes the log");
  commit_ = std::max(commit_, index);
}

void raft_log::compact(log_index index) {
  TROUPE_CHECK(index <= commit_, "only committed entries are compacted");
  if (index <= start_.index)
    return;
  const auto term = term_at(index);
  TROUPE_CHECK(term.has_value(), "the compacted prefix ends in the log");
  const auto count = index.value() - start_.index.value();
  entries_.erase(entries_.begin(),
                 entries_.begin() + static_cast<std::ptrdiff_t>(count));
  start_ = {index, *term};
}

void raft_log::reset(log_position snapshot) {
  TROUPE_CHECK(snapshot.index > commit_, "commit never goes back");
  entries_.clear();
  start_ = snapshot;
  commit_ = snapshot.index;
}

const entry& raft_log::at(log_index index) const {
  TROUPE_CHECK(index > start_.index, "a compacted entry is never read");
  TROUPE_CHECK(index <= last().index, "reads end with the log");
  return entries_[index.value() - start_.index.value() - 1];
}

} // namespace troupe::raft
