#pragma once

#include "messages/api/request.hpp"
#include "messages/base/time_point.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace troupe::scheduler {

/// Something to tell about a pod.
struct pod_event {
  std::string ns;
  std::string name;
  std::string uid;
  std::uint64_t version = 0; ///< of the pod
  bool warning = false;
  std::string reason; ///< "FailedScheduling"
  std::string action; ///< "Scheduling"
  std::string note;
};

/// Turns what is told into core/v1 Events, as few as upstream's recorder for
/// events.k8s.io makes of them: the first of a kind is written, the second
/// makes a series of it, and later ones only count, until the series is
/// refreshed or has ended. Pure; what it asks for is best effort.
class event_series {
public:
  /// Series known at a time; past it the one that is quiet longest is
  /// forgotten, and its next event is a first one again.
  static constexpr std::size_t series_max = 8192;
  static constexpr duration finish_time = std::chrono::minutes{6};
  static constexpr duration refresh_time = std::chrono::minutes{30};

  /// `instance`: "default-scheduler-s1".
  explicit event_series(std::string instance);

  /// What to write about it now, if anything.
  std::optional<api::request> take(const pod_event& event, mono_time now,
                                   wall_time wall);

  /// Counts of series that are due.
  std::vector<api::request> advance(mono_time now);

  /// When `advance` has something to do next.
  std::optional<mono_time> next_moment() const;

private:
  /// Events with equal keys are of one kind.
  using key = std::tuple<std::string, std::uint64_t, std::string, std::string>;

  struct entry {
    pod_event event; ///< the first
    std::string name;
    wall_time first{};
    std::int64_t count = 1;
    std::int64_t written = 1; ///< the count that was written last
    wall_time last{};
    mono_time last_seen{};
    mono_time written_at{};
  };

  api::request to_request(const entry& what) const;
  void seen(const key& which, entry& what, mono_time now);
  void make_room();

  std::string instance_;
  std::map<key, entry> entries_;
  std::set<std::pair<mono_time, key>> ages_; ///< by when it was last seen
  std::optional<mono_time> next_check_;
};

/// The same event as one to create: an update found that it is gone.
api::request created_anew(api::request update);

} // namespace troupe::scheduler
