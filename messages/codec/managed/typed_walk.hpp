#pragma once

#include "messages/codec/document.hpp"
#include "messages/codec/managed/field_set.hpp"

#include <vector>

/// How field ownership sees a typed document: which values are owned as a
/// whole and which are entered
/// (https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy).
namespace troupe::codec {

/// What the schema says of one value: the whole value of `field`, one element
/// of it, or (no field) an object of type `object`.
struct typed_place {
  const schema::field_desc* field = nullptr;
  const schema::type_desc* object = nullptr;
  bool element = false;
};

enum class structure : std::uint8_t {
  leaf,       ///< scalars, free-form JSON and everything atomic
  record,     ///< an object, by field name
  map,        ///< by key
  set,        ///< a list of scalars, by value
  keyed_list, ///< a list of objects, by their key fields
};

structure structure_of(const typed_place& place);

/// The place of the root of a document of `type`.
typed_place root_place(const schema::type_desc& type);

/// Where a step leads from `place`; a place without field and object (a leaf)
/// for names the schema does not know.
typed_place descend(const typed_place& place, const path_step& step);

/// One value inside a record, map, set or keyed list.
struct typed_child {
  path_step step;
  const node* value;
  typed_place place;
};

/// Whether a record shows the fields that Go cannot leave out.
enum class absent_fields : std::uint8_t {
  hidden, ///< a configuration: what is not written is not there
  zero,   ///< an object: `always` fields are there with their zero value
};

/// The values inside `value`, by ascending step; items of a set or keyed list
/// that share a step stand side by side, as the list has them. Items without
/// their keys get index steps. Nothing for leaves and null. The document's
/// fields of unknown id are not seen.
std::vector<typed_child>
children_of(const node& value, const typed_place& place, absent_fields absent);

/// The step of one item of a set or keyed list.
path_step item_step(const node& item, const typed_place& list,
                    std::size_t index);

} // namespace troupe::codec
