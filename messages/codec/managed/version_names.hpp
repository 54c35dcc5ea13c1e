#pragma once

#include "messages/codec/managed/managed_fields.hpp"

/// Entries of an object name fields as the version does that wrote them. To be
/// compared they are brought to the names of the type at hand, that of the
/// stored version, and back when they are written. Names that a version does
/// not know stay as they are.
namespace troupe::codec {

/// The entries of an object of type `stored`, each with the names of that type.
void use_stored_names(managed_entries& entries,
                      const schema::type_desc& stored);

/// The reverse: each entry with the names of its own apiVersion.
void use_own_names(managed_entries& entries, const schema::type_desc& stored);

} // namespace troupe::codec
