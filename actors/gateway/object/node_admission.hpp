#pragma once

#include "actors/gateway/object/object_call.hpp"
#include "messages/codec/document.hpp"

namespace troupe::gateway {

/// A Node is registered as not ready, so that nothing is placed on it before it
/// reports: upstream's admission plug-in TaintNodesByCondition. Passes over
/// other kinds.
void admit_node(const object_call& call, codec::document& object);

} // namespace troupe::gateway
