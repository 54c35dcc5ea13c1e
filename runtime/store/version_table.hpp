#pragma once

#include "runtime/store/cow_tree.hpp"
#include "runtime/store/shared_key.hpp"
#include "runtime/store/store_snapshot.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace troupe::store {

/// Outcomes of a proposal's ops, in their order.
using op_outcomes = std::shared_ptr<const std::vector<op_outcome>>;

/// One write, by its revision.
struct change {
  shared_key key;
  version_ptr now;
  /// What it replaced, a tombstone of an earlier life included; null for the
  /// first version of a key.
  version_ptr previous;
  /// On the last write of a proposal with several ops: what each of them did.
  op_outcomes outcomes;
};

/// Every version the store keeps. Two trees: the newest version of each key,
/// and each write since compaction with what it replaced. An old version is
/// found by walking back from the newest one, so the common read pays nothing
/// for history and a compaction only drops the front of the second tree.
///
///     keys:     a ─▶ a@7     b ─▶ b@9†                       († tombstone)
///     changes:  5: a@5 (was a@2)   7: a@7 (was a@5)   9: b@9† (was b@3)
///     compacted = 4, applied = 9
///
/// A copy shares everything with the original and stays as it is when the
/// original changes. One thread changes a table; copies are safe elsewhere.
class version_table {
public:
  revision applied() const noexcept { return applied_; }
  revision compacted() const noexcept { return compacted_; }

  /// Number of live keys.
  std::size_t size() const noexcept { return live_; }

  /// What the versions kept weigh, in octets: keys, values, columns and a flat
  /// charge for each. A function of the contents alone, equal on all replicas.
  std::uint64_t bytes_used() const noexcept { return bytes_; }

  /// The newest version, also when it is a tombstone; null when there is none.
  version_ptr newest(std::string_view key) const;

  /// The newest version unless it is a tombstone.
  version_ptr live(std::string_view key) const;

  /// The version that was live at `at`, within [compacted, applied].
  version_ptr live_at(std::string_view key, revision at) const;

  /// Visits live versions of [from, to) as of `at`, ascending, until the
  /// visitor returns false; an empty `to` is the end.
  using key_visitor =
      std::function<bool(std::string_view key, const version_ptr& value)>;
  void range(std::string_view from, std::string_view to, revision at,
             const key_visitor& visit) const;

  /// Visits writes above `after` in order until the visitor returns false.
  using change_visitor = std::function<bool(const change&)>;
  void changes(revision after, const change_visitor& visit) const;

  /// The write at `at`; null when there is none or it was compacted. Valid
  /// until the next change of this table.
  const change* change_at(revision at) const;

  /// Records a write. `now.modified` is above `applied`, which it becomes; a
  /// tombstone needs a live key.
  const change& write(std::string_view key, version_ptr now);

  /// Keeps a proposal's outcomes with its last write, the newest one.
  void keep_outcomes(op_outcomes outcomes);

  /// Places a live version that is older than every write kept. Only while a
  /// table is restored: before the first `write`, keys ascending.
  void restore(std::string_view key, version_ptr value);

  /// Sets where history starts and ends, while a table is restored.
  void restore_bounds(revision compacted, revision applied);

  /// Drops writes up to and including `up_to` with what only they needed, and
  /// calls `dropped` with each. `up_to` is within [compacted, applied].
  void compact(revision up_to, const change_visitor& dropped);

private:
  struct revision_less {
    bool operator()(revision a, revision b) const noexcept { return a < b; }
  };

  version_ptr walk_back(version_ptr from, revision at) const;
  void forget(const change& write);

  cow_tree<shared_key, version_ptr, key_less> keys_;
  cow_tree<revision, change, revision_less> changes_;
  revision applied_;
  revision compacted_;
  std::size_t live_ = 0;
  std::uint64_t bytes_ = 0;
};

} // namespace troupe::store
