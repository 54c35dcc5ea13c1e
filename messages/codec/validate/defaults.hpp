#pragma once

#include "messages/codec/document.hpp"

namespace troupe::codec {

/// Fills every absent field for which the tables or the kind's rules know a
/// value, at every depth. Idempotent; on requests and on stored objects of an
/// older version alike.
void apply_defaults(document& object, const schema::resource_desc& resource);

/// Fills what `version`, which is not stored, fills otherwise than the stored
/// version does; to be followed by that one's defaults. `stored` is the object
/// after its conversion.
void apply_version_defaults(document& stored,
                            const schema::resource_desc& version);

/// The part of it that the tables alone say, for any type.
void apply_table_defaults(document& doc, node& object,
                          const schema::type_desc& type);

} // namespace troupe::codec
