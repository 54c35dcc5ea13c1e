#pragma once

#include "messages/base/time_point.hpp"
#include "runtime/base/backoff.hpp"
#include "runtime/control/object_codec.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace troupe::control {

/// Keys that wait for work. Fair: first come, first served. Stingy: a key that
/// comes many times before it is handed out is worked on once, and one that
/// comes while it is worked on waits until that is done. Pure: time and
/// randomness are arguments.
///
///     add ──▶ waiting ──next──▶ being worked on ──done──▶ (gone)
///              ▲  ▲                   │ add meanwhile       │
///              │  └───────────────────┴──── done ───────────┘
///     add_after, retry ──(advance)
class work_queue {
public:
  /// As in client-go: 5 ms, doubled with each failure, at most 1000 s.
  static constexpr backoff_policy retry_backoff{std::chrono::milliseconds{5},
                                                std::chrono::seconds{1000}};

  void add(const object_key& key);

  /// `add` at `when`; of several moments for a key the earliest counts.
  void add_after(const object_key& key, mono_time when);

  /// `add` after a delay that doubles with each call since the last `forget`,
  /// lengthened by up to a tenth as `random` has it.
  void retry(const object_key& key, mono_time now, std::uint64_t random);

  /// The key fares well: its next failure counts as the first.
  void forget(const object_key& key);

  /// Failures since the last `forget`.
  unsigned failures(const object_key& key) const;

  /// Lets keys in whose moment has come.
  void advance(mono_time now);

  /// When `advance` has something to do next.
  std::optional<mono_time> next_moment() const;

  /// The key that waits longest; it is being worked on from now on.
  std::optional<object_key> next();

  /// Work on the key has ended.
  void done(const object_key& key);

  /// Number of keys ready to be handed out.
  std::size_t waiting() const noexcept { return waiting_.size(); }

private:
  std::deque<object_key> waiting_;
  std::unordered_set<object_key> dirty_; ///< wants work
  std::unordered_set<object_key> working_;
  std::set<std::pair<mono_time, object_key>> later_;
  std::unordered_map<object_key, mono_time> moment_; ///< of keys in later_
  std::unordered_map<object_key, unsigned> failures_;
};

} // namespace troupe::control
