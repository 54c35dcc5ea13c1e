#pragma once

#include "actors/gateway/object/write_loop.hpp"

#include <set>

/// The cluster's addresses and the nodes' ports that Services hold. Each is a
/// key of the store, written and erased in the proposals of the Service that
/// has it: so no two have one, and none outlives its Service.
///
///     claims/addresses/10.96.0.10      "<namespace>/<name>" of the Service
///     claims/node-ports/30080
namespace troupe::gateway {

using claim_set = std::set<store::key>;

bool is_service(const schema::resource_desc& resource);

/// The claim of an address, whatever form it is written in; of what is no
/// address, none.
std::optional<store::key> address_claim(std::string_view address);
store::key node_port_claim(std::int64_t port);

/// What a Service holds.
claim_set claims_of(const codec::document& service);

/// Completes a decision that writes `next` over `old`; either is null for a
/// creation or a removal, and the decision's first op writes the object.
/// Nothing for other kinds.
void settle_claims(write_decision& decision, const object_call& call,
                   const codec::document* old, const codec::document* next);

/// The Endpoints of a Service go with it, if nothing holds them: a later
/// Service of the name shall not find them.
void drop_endpoints(write_decision& decision, const object_call& call,
                    const store::store_snapshot& state);

} // namespace troupe::gateway
