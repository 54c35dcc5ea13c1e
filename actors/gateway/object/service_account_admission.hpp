#pragma once

#include "actors/gateway/object/write_loop.hpp"

#include <optional>

namespace troupe::gateway {

/// Settles which service account a new pod runs as (upstream's admission
/// plug-in ServiceAccount): `default` unless it names one, which must exist.
/// Gives its containers the account's token where they want it, and the pod
/// the account's pull secrets. Passes over other kinds and subresources.
///
/// 403 otherwise. The account `default` comes by itself, so its absence is
/// waited out for a moment.
std::optional<write_decision>
admit_service_account(const object_call& call, codec::document& object,
                      const store::store_snapshot& state, const stamps& given);

} // namespace troupe::gateway
