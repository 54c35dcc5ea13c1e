#pragma once

#include "messages/base/time_point.hpp"
#include "messages/protocol/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What clients did and heard, in the order in which they began: all that the
/// checkers of histories know.
namespace troupe::sim {

/// One key as a reader saw it.
struct seen_object {
  store::key key;
  store::revision modified;
  std::string value;

  friend bool operator==(const seen_object&, const seen_object&) = default;
};

/// A write: one proposal, perhaps tried several times.
struct write_call {
  store::proposal proposal;
  /// None: nobody knows. Never one of those after which it is tried again.
  std::optional<store::propose_outcome> outcome;
};

struct raise_call {
  store::raise_fence fence;
  std::optional<store::propose_outcome> outcome; ///< as above
};

/// A read of every key under `prefix`, or of `prefix` itself when it is a key.
struct read_call {
  std::string prefix;
  bool range = false;
  /// Absent: linearizable. Else as of that revision, from one replica.
  std::optional<store::revision> at;
  struct answer {
    store::revision revision; ///< of the state that was read
    std::vector<seen_object> objects;
  };
  std::optional<answer> result; ///< none: no answer, or none to have
};

struct call_record {
  unsigned client = 0;
  mono_time begun;
  std::optional<mono_time> ended; ///< absent: never, as far as known
  std::variant<write_call, raise_call, read_call> what;
};

/// One thing a watcher heard.
struct seen_event {
  store::revision at;
  store::key key;
  enum class type { added, modified, deleted } what = type::added;
  store::revision object; ///< revision of the object it brought
  unsigned batch = 0;     ///< those that came together share it

  friend bool operator==(const seen_event&, const seen_event&) = default;
};

/// One watch from its opening to its end; the watcher resumes in another.
struct watch_record {
  unsigned watcher = 0;
  std::string prefix;
  store::revision after;
  std::vector<seen_event> events;
  store::revision reached; ///< complete up to here, by its last delivery
};

struct history {
  std::vector<call_record> calls;
  std::vector<watch_record> watches;
};

} // namespace troupe::sim
