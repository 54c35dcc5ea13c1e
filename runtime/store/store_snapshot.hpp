#pragma once

#include "messages/protocol/store.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace troupe::store {

/// One version of one key. Immutable and shared.
struct version {
  revision created;   ///< revision of the put that made the key exist
  revision modified;  ///< revision of this version
  proposal_id by;     ///< the proposal that wrote it
  shared_bytes value; ///< null: a tombstone
  std::shared_ptr<const store::columns> columns; ///< of the tombstone's object,
                                                 ///< too: what was deleted

  bool tombstone() const noexcept { return value == nullptr; }
};

using version_ptr = std::shared_ptr<const version>;

/// One change of one key, as watches see it.
struct event {
  store::key key;
  version_ptr now;    ///< never null; a tombstone means deleted
  version_ptr before; ///< the live version replaced, or null for a creation
};

/// Why a read of the past has no answer.
enum class read_gap {
  compacted, ///< the revision is below `compacted()`
  future,    ///< the revision is above `applied()`
};

/// An immutable view of the whole store at one applied revision, safe to read
/// from any thread for as long as it is held. Publishing one costs the depth of
/// a tree; holding one keeps only the versions it reaches.
class store_snapshot {
public:
  virtual ~store_snapshot() = default;

  /// Revision of the last write this view holds.
  virtual revision applied() const noexcept = 0;

  /// Reads at revisions below this one, and watches from below it, are gone.
  virtual revision compacted() const noexcept = 0;

  /// The live version of `key`, or null (absent or deleted).
  virtual version_ptr get(std::string_view key) const = 0;

  /// The version of `key` that was live at `at`, or null. `at` must be within
  /// [compacted, applied]: check with `gap`.
  virtual version_ptr get(std::string_view key, revision at) const = 0;

  /// Why `at` cannot be read, if so.
  virtual std::optional<read_gap> gap(revision at) const noexcept = 0;

  /// Visits live keys of [from, to) as of `at` in ascending order until the
  /// visitor returns false. An empty `to` means "to the end".
  using visitor =
      std::function<bool(const store::key& key, const version_ptr& value)>;
  virtual void range(std::string_view from, std::string_view to, revision at,
                     const visitor& visit) const = 0;

  /// Visits the changes in (after, applied] in revision order until the
  /// visitor returns false. `after` must be >= compacted.
  using event_visitor = std::function<bool(const event&)>;
  virtual void events(revision after, const event_visitor& visit) const = 0;

  /// The standing epoch of a fence; 0 when never raised.
  virtual revision fence(std::string_view name) const = 0;

  /// Number of live keys.
  virtual std::size_t size() const noexcept = 0;
};

/// The first key after every key that starts with `prefix`; empty when there
/// is none. `range(p, prefix_end(p), ...)` visits the prefix.
std::string prefix_end(std::string_view prefix);

} // namespace troupe::store
