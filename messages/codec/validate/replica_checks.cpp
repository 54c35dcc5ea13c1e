#include "messages/codec/validate/replica_checks.hpp"

namespace troupe::codec {

void check_replica_counts(const replica_counts& counts, const spot& status) {
  status.child("replicas").not_negative(counts.replicas);
  status.child("fullyLabeledReplicas").not_negative(counts.fully_labeled);
  status.child("readyReplicas").not_negative(counts.ready);
  status.child("availableReplicas").not_negative(counts.available);
  status.child("observedGeneration").not_negative(counts.observed_generation);
  const auto bound = [&](std::string_view name, std::int64_t count) {
    if (count > counts.replicas)
      status.child(name).invalid(count,
                                 "cannot be greater than status.replicas");
  };
  bound("fullyLabeledReplicas", counts.fully_labeled);
  bound("readyReplicas", counts.ready);
  bound("availableReplicas", counts.available);
  if (counts.available > counts.ready)
    status.child("availableReplicas")
        .invalid(counts.available, "cannot be greater than readyReplicas");
}

} // namespace troupe::codec
