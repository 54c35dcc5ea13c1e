#include "runtime/store/version_table.hpp"

namespace troupe::store {

namespace {

/// Flat charge for what surrounds a version in memory.
constexpr std::uint64_t version_overhead = 256;
constexpr std::uint64_t column_overhead = 64;

std::uint64_t weight(const std::vector<column>& pairs) {
  std::uint64_t sum = 0;
  for (auto& [name, value] : pairs)
    sum += name.size() + value.size() + column_overhead;
  return sum;
}

std::uint64_t weight(std::string_view key, const version& value) {
  auto sum = key.size() + version_overhead;
  if (value.tombstone())
    return sum;
  auto& columns = *value.columns;
  sum += value.value->size() + columns.uid.size() + weight(columns.labels)
         + weight(columns.fields);
  for (auto& uid : columns.owner_uids)
    sum += uid.size() + column_overhead;
  return sum;
}

bool is_live(const version_ptr& value) {
  return value != nullptr && !value->tombstone();
}

version_ptr live_or_null(version_ptr value) {
  return is_live(value) ? std::move(value) : nullptr;
}

} // namespace

version_ptr version_table::newest(std::string_view key) const {
  auto found = keys_.find(key);
  return found ? *found->value : nullptr;
}

version_ptr version_table::live(std::string_view key) const {
  return live_or_null(newest(key));
}

version_ptr version_table::live_at(std::string_view key, revision at) const {
  return live_or_null(walk_back(newest(key), at));
}

version_ptr version_table::walk_back(version_ptr from, revision at) const {
  while (from != nullptr && from->modified > at) {
    auto* written = change_at(from->modified);
    TROUPE_CHECK(written != nullptr, "writes above compacted are kept");
    from = written->previous;
  }
  return from;
}

void version_table::range(std::string_view from, std::string_view to,
                          revision at, const key_visitor& visit) const {
  keys_.visit(from, [&](const shared_key& key, const version_ptr& newest) {
    if (!to.empty() && key.view() >= to)
      return false;
    if (newest->modified <= at)
      return newest->tombstone() || visit(key.view(), newest);
    auto then = walk_back(newest, at);
    return !is_live(then) || visit(key.view(), then);
  });
}

void version_table::changes(revision after, const change_visitor& visit) const {
  changes_.visit(after.next(),
                 [&](revision, const change& x) { return visit(x); });
}

const change* version_table::change_at(revision at) const {
  auto found = changes_.find(at);
  return found ? found->value : nullptr;
}

const change& version_table::write(std::string_view key, version_ptr now) {
  TROUPE_CHECK(now->modified > applied_, "revisions only grow");
  auto found = keys_.find(key);
  auto held = found ? *found->key : shared_key{key};
  auto previous = found ? *found->value : nullptr;
  TROUPE_CHECK(!now->tombstone() || is_live(previous),
               "only a live key is deleted");
  live_ += !now->tombstone();
  live_ -= is_live(previous);
  bytes_ += weight(key, *now);
  applied_ = now->modified;
  keys_.set(key, held, now);
  changes_.set(applied_, applied_, {held, now, std::move(previous), nullptr});
  return *change_at(applied_);
}

void version_table::keep_outcomes(op_outcomes outcomes) {
  auto* last = change_at(applied_);
  TROUPE_CHECK(last != nullptr, "outcomes follow a write");
  auto copy = *last;
  copy.outcomes = std::move(outcomes);
  changes_.set(applied_, applied_, std::move(copy));
}

void version_table::restore(std::string_view key, version_ptr value) {
  TROUPE_CHECK(changes_.empty(), "old versions are restored before writes");
  TROUPE_CHECK(is_live(value), "what is restored is live");
  ++live_;
  bytes_ += weight(key, *value);
  keys_.set(key, shared_key{key}, std::move(value));
}

void version_table::restore_bounds(revision compacted, revision applied) {
  TROUPE_CHECK(compacted <= applied, "history ends with the last write");
  compacted_ = compacted;
  applied_ = applied;
}

/// A version is charged from its write until the write that replaced it is
/// dropped; a tombstone until its own is.
void version_table::forget(const change& write) {
  auto key = write.key.view();
  if (is_live(write.previous))
    bytes_ -= weight(key, *write.previous);
  if (!write.now->tombstone())
    return;
  bytes_ -= weight(key, *write.now);
  if (newest(key) == write.now)
    keys_.erase(key);
}

void version_table::compact(revision up_to, const change_visitor& dropped) {
  TROUPE_CHECK(up_to >= compacted_, "compaction goes forward");
  TROUPE_CHECK(up_to <= applied_, "the future is not compacted");
  changes(compacted_, [&](const change& x) {
    if (x.now->modified > up_to)
      return false;
    forget(x);
    return dropped(x);
  });
  changes_.erase_below(up_to.next());
  compacted_ = up_to;
}

} // namespace troupe::store
