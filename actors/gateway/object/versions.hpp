#pragma once

#include "actors/gateway/object/object_call.hpp"

/// A call speaks one version of a kind; the store and every rule another,
/// maybe.
namespace troupe::gateway {

/// `object` as it is stored. One of the call's version is converted, with the
/// defaults of that version first; any other is handed back.
codec::document as_stored(const object_call& call, codec::document object);

/// What a client applies, which says only what it wants: without defaults.
codec::document config_as_stored(const object_call& call,
                                 codec::document config);

/// A stored object as the call's version shows it.
codec::document as_shown(const object_call& call,
                         const codec::document& stored);

} // namespace troupe::gateway
