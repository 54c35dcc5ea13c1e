#pragma once

#include "actors/scheduler/pod_info.hpp"
#include "messages/base/time_point.hpp"
#include "runtime/base/backoff.hpp"

#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>

namespace troupe::scheduler {

/// Pods that wait for a node. The most important goes first, of equals the one
/// that waits longest.
///
///     add ──▶ gated ──(no gates)──▶ active ──pop──▶ in hand ──done──▶ (gone)
///                                    ▲  ▲ ▲            │ │
///              (time, or none active)│  │ │            │ └ failed ──┐
///                                backoff ◀─(too soon)──┼────────────┘
///                                    ▲    │            │ rejected
///                                    └────┴── pool ◀───┘
///                           a change that helps, own or not; five minutes
///
/// Pure: time is an argument, and never goes back.
class scheduling_queue {
public:
  /// After the first attempt in vain 1 s, doubled with each, at most 10 s.
  static constexpr backoff_policy retry{std::chrono::seconds{1},
                                        std::chrono::seconds{10}};
  /// So long a pod waits for a change that helps before it is tried anyway.
  static constexpr duration patience = std::chrono::minutes{5};

  /// A new pod, or a new version of one that is here.
  void put(pod_ptr pod, mono_time now, const namespace_labels& namespaces);

  void remove(const std::string& uid);

  /// The next pod to try; null when none is due. It is in hand until `done`,
  /// `rejected` or `failed`.
  pod_ptr pop();

  void done(const std::string& uid) { remove(uid); }

  /// These plugins turned it away: it waits for changes that they care for.
  void rejected(const std::string& uid, plugin_set by, mono_time now);

  /// Something went wrong: it is tried again later, whatever happens.
  void failed(const std::string& uid, mono_time now);

  /// Wakes the pods that the change may help.
  void changed(const cluster_change& change, const namespace_labels& namespaces,
               mono_time now);

  /// Lets pods in whose moment has come.
  void advance(mono_time now);

  /// When `advance` has something to do next.
  std::optional<mono_time> next_moment() const;

  /// Whether `pop` would hand one out.
  bool ready() const { return !active_.empty() || !backoff_.empty(); }

  /// What is known of a pod that is here; null otherwise.
  pod_ptr find(const std::string& uid) const;

  std::size_t active() const { return active_.size(); }
  std::size_t backing_off() const {
    return backoff_.size() + error_backoff_.size();
  }
  std::size_t unschedulable() const { return pool_.size(); }
  std::size_t gated() const { return gated_; }

private:
  enum class place : std::uint8_t {
    nowhere,
    gated,
    active,
    backoff,
    error_backoff,
    pool,
    in_hand,
  };

  struct entry {
    pod_ptr pod;
    place where = place::nowhere;
    mono_time since{};        ///< when it last came in or was put down
    std::uint64_t number = 0; ///< in the order of coming in
    unsigned rejections = 0;
    unsigned errors = 0; ///< in a row
    plugin_set by;
  };

  using rank = std::tuple<std::int64_t, mono_time, std::uint64_t, std::string>;
  using due = std::pair<mono_time, std::string>;

  static rank rank_of(const entry& one);
  static mono_time backoff_end(const entry& one);
  void move(entry& one, place to);
  void leave(entry& one);
  void wake(entry& one, mono_time now);

  std::unordered_map<std::string, entry> entries_;
  std::set<rank> active_;
  std::set<due> backoff_; ///< of pods that were rejected
  std::set<due> error_backoff_;
  std::set<due> pool_; ///< by the moment it was put down
  std::size_t gated_ = 0;
  std::uint64_t numbers_ = 0;
};

} // namespace troupe::scheduler
