#pragma once

#include "actors/gateway/object/refusal.hpp"
#include "actors/gateway/object/service_claims.hpp"
#include "runtime/store/store_snapshot.hpp"

#include <optional>

/// Gives Services addresses and ports. What is asked for is given or refused;
/// the rest is drawn at random from the upper part of a range, and from the
/// lower, left to who asks, only when that is full (upstream's KEP-3070).
namespace troupe::gateway {

/// Ports of nodes that may be given.
inline constexpr std::int64_t node_port_first = 30000;
inline constexpr std::int64_t node_port_last = 32767;

/// Completes `next`, a Service about to be stored over `old` (null: a new
/// one); other kinds stay as they are. What it chose is free in `state`; the
/// guards of `settle_claims` see to the rest.
std::optional<api::status> allocate_service(const object_call& call,
                                            codec::document& next,
                                            const codec::document* old,
                                            const store::store_snapshot& state,
                                            const stamps& given);

/// Settles ipFamilies and ipFamilyPolicy with what the cluster has, and says
/// what of them cannot be. The first part of `allocate_service`.
meta::field_errors settle_families(codec::document& next,
                                   const codec::document* old,
                                   const std::vector<ip_prefix>& ranges);

} // namespace troupe::gateway
