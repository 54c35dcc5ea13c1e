#pragma once

#include <string>

namespace troupe::pod {

/// An Event about a pod, as data. The agent adds the involved object, source,
/// times and counts.
struct pod_event {
  bool warning = false; ///< type Warning, else Normal
  std::string reason;   ///< Pulling, Started, BackOff, ...
  std::string message;
  std::string field_path; ///< "spec.containers{nginx}", or empty: the pod

  friend bool operator==(const pod_event&, const pod_event&) = default;
};

/// "Normal Started spec.containers{nginx}: Started container nginx".
std::string to_string(const pod_event& event);

} // namespace troupe::pod
