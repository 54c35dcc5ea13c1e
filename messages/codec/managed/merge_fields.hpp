#pragma once

#include "messages/codec/document.hpp"
#include "messages/codec/managed/field_set.hpp"

namespace troupe::codec {

/// The live object with everything a configuration of the same type says:
/// records, maps, sets and keyed lists merge, leaves are replaced. List items
/// keep the configuration's order among those it names and the live order among
/// the others. Fields of unknown id survive.
document merge_fields(const document& live, const document& config);

/// The object without the members of `gone`. What is left empty goes as well.
document remove_fields(const document& object, const field_set& gone);

/// `set` with every field of a record that has members below it as a member
/// too, so that differences tell whether the field itself is still there.
field_set with_named_fields(const field_set& set,
                            const schema::type_desc& type);

} // namespace troupe::codec
