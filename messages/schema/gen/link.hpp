#pragma once

#include "messages/schema/gen/diagnostic.hpp"
#include "messages/schema/gen/model.hpp"

namespace troupe::schema::gen {

/// Turns the parsed text into what the tables say: finds every named type,
/// replaces embedded messages by their fields, sorts fields by id, fills in
/// defaults of resources and checks what the language promises (unique names
/// and ids, merge keys that exist, attributes that fit the type). Appends every
/// mistake to `errors`; false when there was one.
bool link(model& what, diagnostics& errors);

} // namespace troupe::schema::gen
