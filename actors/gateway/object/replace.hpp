#pragma once

#include "actors/gateway/object/storage.hpp"
#include "actors/gateway/object/write_loop.hpp"

namespace troupe::gateway {

/// An update or patch about to become the new version of an object.
struct replacement {
  codec::document next; ///< as the client wants it, typed and defaulted
  /// Its managed fields are recorded already (server-side apply).
  bool owned = false;
  std::vector<std::string> warnings;
};

/// Decides the replacement of `old`: conflict, strategy, validation, and
/// nothing at all to write when the octets stay the same. An object that is
/// being deleted and lost its last finalizer is erased instead.
write_decision decide_replace(const object_call& call, const stored_object& old,
                              replacement wanted,
                              const store::store_snapshot& state,
                              const stamps& given);

/// Whether storing `next` over `old` finishes the deletion of `old`: nothing
/// keeps it any more, neither finalizers nor a grace period.
bool finishes_deletion(const codec::document& next, const codec::document& old,
                       const schema::resource_desc& resource);

} // namespace troupe::gateway
