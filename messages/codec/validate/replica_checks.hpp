#pragma once

#include "messages/codec/validate/templates.hpp"

#include <cstdint>

/// What ReplicaSets and ReplicationControllers share.
namespace troupe::codec {

/// What a status counts.
struct replica_counts {
  std::int64_t replicas = 0;
  std::int64_t fully_labeled = 0;
  std::int64_t ready = 0;
  std::int64_t available = 0;
  std::int64_t observed_generation = 0;

  /// Of a status of either kind.
  template <class Status>
  static replica_counts of(Status status) {
    return {status.replicas(), status.fully_labeled_replicas(),
            status.ready_replicas(), status.available_replicas(),
            status.observed_generation()};
  }
};

/// No count is below 0, nor above what it is a part of.
void check_replica_counts(const replica_counts& counts, const spot& status);

} // namespace troupe::codec
