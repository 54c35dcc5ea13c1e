#pragma once

#include "messages/codec/document.hpp"

/// Permanent ids of the fields that rules for all kinds read
/// (messages/schema/meta_v1.schema).
namespace troupe::codec {

namespace object_meta {
inline constexpr field_id name = 1;
inline constexpr field_id generate_name = 2;
inline constexpr field_id space = 3; ///< metadata.namespace
inline constexpr field_id self_link = 4;
inline constexpr field_id uid = 5;
inline constexpr field_id resource_version = 6;
inline constexpr field_id generation = 7;
inline constexpr field_id creation_timestamp = 8;
inline constexpr field_id deletion_timestamp = 9;
inline constexpr field_id deletion_grace_period_seconds = 10;
inline constexpr field_id labels = 11;
inline constexpr field_id annotations = 12;
inline constexpr field_id owner_references = 13;
inline constexpr field_id finalizers = 14;
inline constexpr field_id managed_fields = 17;
} // namespace object_meta

namespace owner_reference {
inline constexpr field_id kind = 1;
inline constexpr field_id name = 3;
inline constexpr field_id uid = 4;
inline constexpr field_id api_version = 5;
inline constexpr field_id controller = 6;
} // namespace owner_reference

namespace managed_fields_entry {
inline constexpr field_id manager = 1;
inline constexpr field_id operation = 2;
inline constexpr field_id fields_type = 6;
inline constexpr field_id subresource = 8;
} // namespace managed_fields_entry

/// Every kind keeps its metadata under the same id.
inline constexpr field_id metadata_id = 1;

/// The text member, or "".
inline std::string_view text_of(const node* object, field_id id) {
  const node* value = object == nullptr ? nullptr : object->find(id);
  return value == nullptr ? std::string_view{} : value->string_or("");
}

/// The list member's items, or none.
inline std::span<node* const> items_of(const node* object, field_id id) {
  const node* value = object == nullptr ? nullptr : object->find(id);
  return value != nullptr && value->is(node_kind::list)
             ? value->items()
             : std::span<node* const>{};
}

/// The map member's entries, or none.
inline std::span<const entry> entries_of(const node* object, field_id id) {
  const node* value = object == nullptr ? nullptr : object->find(id);
  return value != nullptr && value->is(node_kind::map)
             ? value->entries()
             : std::span<const entry>{};
}

} // namespace troupe::codec
