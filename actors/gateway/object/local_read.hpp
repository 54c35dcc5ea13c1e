#pragma once

#include "actors/gateway/object/object_call.hpp"
#include "runtime/store/store_snapshot.hpp"

/// Reads of one state, as components of this process see them.
namespace troupe::gateway {

/// The named object without metadata.resourceVersion, and its revision; 404
/// when there is none.
object_answer read_one(const object_call& call,
                       const store::store_snapshot& state);

/// The list of a namespace, or of all: a document of the resource's list type
/// whose items carry their resourceVersion, in the order of their keys. The
/// revision is that of the state.
object_answer read_list(const object_call& call,
                        const store::store_snapshot& state);

/// Names of the objects `read_list` would list. With a namespaced resource the
/// call names a namespace.
std::vector<std::string> read_names(const object_call& call,
                                    const store::store_snapshot& state);

} // namespace troupe::gateway
