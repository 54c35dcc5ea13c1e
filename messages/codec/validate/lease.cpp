#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/spot.hpp"
#include "messages/view/coordination_v1.hpp"

namespace troupe::codec {

namespace {

void check(const document& object, meta::field_errors& errors) {
  const auto spec = view::coordination_v1::lease{object}.spec();
  const spot here{"spec", errors};
  if (spec.has_lease_duration_seconds() && spec.lease_duration_seconds() <= 0)
    here.child("leaseDurationSeconds")
        .invalid(spec.lease_duration_seconds(), "must be greater than 0");
  if (spec.has_lease_transitions())
    here.child("leaseTransitions").not_negative(spec.lease_transitions());
  if (!spec.preferred_holder().empty() && spec.strategy().empty())
    here.child("preferredHolder")
        .forbidden("may only be specified if `strategy` is defined");
}

} // namespace

extern const kind_rules lease_rules;
const kind_rules lease_rules{
    .group = "coordination.k8s.io",
    .kind = "Lease",
    // Whoever renews a lease must have seen it.
    .unconditional_update = false,
    .create_on_update = true,
    .check = check,
};

} // namespace troupe::codec
