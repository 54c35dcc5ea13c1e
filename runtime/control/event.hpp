#pragma once

#include "messages/codec/document.hpp"

#include <string>

namespace troupe::control {

/// What an event is about: core/v1 ObjectReference.
struct event_subject {
  std::string api_version = "v1";
  std::string kind;
  std::string ns;
  std::string name;
  std::string uid;
  std::string resource_version;

  friend bool operator==(const event_subject&, const event_subject&) = default;
};

/// The object with this key, as a subject.
event_subject subject_of(std::string_view key, const codec::document& object);

/// A core/v1 Event as data. Who records it adds the subject, the source, times
/// and counts.
struct event_note {
  bool warning = false; ///< type Warning, else Normal
  std::string reason;   ///< "ScalingReplicaSet"
  std::string message;
  /// A part of the subject, "spec.containers{nginx}"; empty: all of it.
  std::string field_path = {};

  friend bool operator==(const event_note&, const event_note&) = default;
};

/// "Normal Started spec.containers{nginx}: Started container nginx".
std::string to_string(const event_note& note);

} // namespace troupe::control
