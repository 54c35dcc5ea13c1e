#include "runtime/wal/group_replay.hpp"

#include <algorithm>

namespace troupe::wal {

namespace {

error broken(std::string what) {
  return error{errc::corrupt, std::move(what)};
}

} // namespace

raft::log_index group_replay::base() const {
  if (based_)
    return base_.index;
  return mark_ ? mark_->index : raft::log_index{};
}

raft::log_index group_replay::last() const {
  return entries_.empty() ? base() : entries_.back().at.index;
}

bool group_replay::needs_snapshot() const {
  return base() > raft::log_index{} || mark_;
}

void group_replay::cut(raft::log_index from) {
  const auto keep = from.value() - base_.index.value() - 1;
  if (keep < entries_.size())
    entries_.resize(keep);
}

bool group_replay::holds(raft::log_position at) const {
  if (at.index < base_.index || at.index > last())
    return false;
  if (at.index == base_.index)
    return base_.term == raft::term{} || base_.term == at.term;
  const auto nth = at.index.value() - base_.index.value() - 1;
  return entries_[nth].at == at;
}

/// Whether the log is replaced from a place that was in dropped segments: what
/// is left of it begins with what replaces it. Never at or below what was
/// compacted, which is committed.
bool group_replay::begins_anew(raft::log_index from) const {
  return based_ && base_.term == raft::term{} && from <= base_.index
         && (!mark_ || from > mark_->index);
}

status_result group_replay::apply(const record& value) {
  return std::visit([&](const auto& x) { return apply_one(x); }, value);
}

status_result group_replay::apply_one(const entries_record& value) {
  const auto first = value.entries.front().at.index;
  if (begins_anew(first))
    based_ = false;
  if (!based_) {
    based_ = true;
    entries_.clear();
    base_ = {raft::log_index{first.value() - 1}, raft::term{}};
    if (mark_ && mark_->index == base_.index)
      base_ = *mark_;
  }
  if (first <= base_.index)
    return broken("entries reach below the beginning of the log");
  if (first > last().next())
    return broken("entries after " + std::to_string(last().value())
                  + " are missing");
  cut(first);
  entries_.insert(entries_.end(), value.entries.begin(), value.entries.end());
  return unit{};
}

status_result group_replay::apply_one(const truncate_record& value) {
  if (!based_)
    return unit{};
  if (begins_anew(value.from)) {
    based_ = false;
    entries_.clear();
    return unit{};
  }
  if (value.from <= base_.index)
    return broken("a truncation reaches below the beginning of the log");
  cut(value.from);
  return unit{};
}

status_result group_replay::apply_one(const compact_record& value) {
  mark_ = value.up_to;
  if (!based_ || value.up_to.index < base_.index || holds(value.up_to))
    return unit{};
  base_ = value.up_to;
  entries_.clear();
  return unit{};
}

group_replay::fit group_replay::fit_of(raft::log_position snapshot) const {
  if (snapshot.index < base())
    return fit::gap;
  if (!based_)
    return snapshot.index == base() ? fit::joins : fit::replaces;
  return holds(snapshot) ? fit::joins : fit::replaces;
}

std::vector<raft::entry> group_replay::take_after(raft::log_index index) && {
  const auto end = std::find_if(
      entries_.begin(), entries_.end(),
      [&](const raft::entry& entry) { return entry.at.index > index; });
  entries_.erase(entries_.begin(), end);
  return std::move(entries_);
}

} // namespace troupe::wal
