#pragma once

#include "actors/controllers/replicas/pods.hpp"

#include <optional>
#include <string>

namespace troupe::controllers::replicas {

/// Why pods could not be made, or removed.
struct failure {
  std::string reason; ///< "FailedCreate", "FailedDelete"
  std::string message;
};

/// The status that says what is there, as a write; none when it says so
/// already. The condition ReplicaFailure stands as long as something fails.
std::optional<control::action> tell_status(const keeper& owner,
                                           const claim& pods,
                                           const std::optional<failure>& why,
                                           wall_time now);

} // namespace troupe::controllers::replicas
