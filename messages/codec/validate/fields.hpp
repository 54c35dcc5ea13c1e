#pragma once

#include "messages/codec/document.hpp"
#include "messages/meta/field_error.hpp"

namespace troupe::codec {

/// What the tables demand of an object of `type`: required fields, allowed
/// values, bounds and formats, at every depth. ObjectMeta has rules of its own
/// (object_meta.hpp) and is passed over. `path` is empty at the root.
void check_fields(const node& object, const schema::type_desc& type,
                  const std::string& path, meta::field_errors& errors);

/// Fields the tables call immutable equal those of `old`. Followed through
/// single objects; items of lists and maps come and go.
void check_immutable_fields(const node& object, const node& old,
                            const schema::type_desc& type,
                            const std::string& path,
                            meta::field_errors& errors);

} // namespace troupe::codec
