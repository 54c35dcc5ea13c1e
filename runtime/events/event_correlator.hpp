#pragma once

#include "messages/base/time_point.hpp"
#include "runtime/control/event.hpp"
#include "runtime/events/recent_map.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace troupe::events {

using control::event_note;
using control::event_subject;

/// Now, on both time lines: intervals are measured on the one that never
/// jumps.
struct moment {
  mono_time mono;
  wall_time wall;
};

/// An event as it is to be stored.
struct correlated_event {
  std::string name;
  std::string message;
  wall_time first; ///< when it was seen first
  std::int64_t count = 0;
};

/// Keeps events few, as upstream's correlator of that name does. Pure.
///
/// * The same event again (subject, container, type, reason, message) is
///   another count of the first.
/// * Once ten messages came within ten minutes that differ in nothing else,
///   further ones are counted by one event together.
/// * A subject has 25 events, and another one every five minutes; what is more
///   is counted, and not stored.
class event_correlator {
public:
  /// Absent: not to be stored.
  std::optional<correlated_event> take(const event_subject& about,
                                       const event_note& event, moment now);

private:
  struct similar_events {
    std::set<std::string> messages;
    std::optional<mono_time> last;
  };

  struct known_event {
    std::string name;
    wall_time first;
    std::int64_t count = 0;
  };

  struct allowance {
    double events = 0;
    std::optional<mono_time> last;
  };

  bool is_one_of_many(const std::string& kind, const std::string& message,
                      mono_time now);
  bool is_allowed(const std::string& subject, mono_time now);

  static constexpr std::size_t known_max = 4096;

  recent_map<similar_events> similar_{known_max};
  recent_map<known_event> known_{known_max};
  recent_map<allowance> allowances_{known_max};
  std::uint64_t made_ = 0;
};

} // namespace troupe::events
