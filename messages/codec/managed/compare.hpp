#pragma once

#include "messages/codec/document.hpp"
#include "messages/codec/managed/field_set.hpp"

namespace troupe::codec {

/// What became of an object.
struct field_changes {
  field_set added;
  field_set changed;
  field_set removed;

  /// Added or changed.
  field_set written() const { return set_union(added, changed); }

  bool empty() const {
    return added.empty() && changed.empty() && removed.empty();
  }
};

/// Every value of a configuration, of the document's type: its leaves, its map
/// entries and list items, and the maps it leaves empty.
field_set fields_of(const document& config);

/// The fields by which two objects of one type differ. Values that hold others
/// are named where they appear or vanish as a whole. `before` may be null: then
/// it is an empty object, whose `always` fields are there, as Go's are.
field_changes compare_fields(const document* before, const document& after);

/// What is wrong with the lists of a configuration (an item without its key
/// field, two items of one key), in upstream's words; empty if nothing is.
std::string list_problems(const document& config);

} // namespace troupe::codec
