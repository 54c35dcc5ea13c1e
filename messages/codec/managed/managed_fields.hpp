#pragma once

#include "messages/base/result.hpp"
#include "messages/codec/document.hpp"
#include "messages/codec/managed/field_set.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::codec {

enum class managed_operation : std::uint8_t { apply, update };

/// Who owns fields. Entries with equal owners are one entry; the apiVersion
/// does not tell appliers apart, for one applier has one entry.
struct field_owner {
  managed_operation operation = managed_operation::update;
  std::string manager;
  std::string api_version;
  std::string subresource; ///< "status"; empty for the object itself

  bool same_entry(const field_owner& other) const;

  friend bool operator==(const field_owner&, const field_owner&) = default;
};

/// One entry of metadata.managedFields.
struct managed_entry {
  field_owner owner;
  std::string time; ///< RFC 3339 in UTC, empty if absent
  field_set fields;

  friend bool operator==(const managed_entry&, const managed_entry&) = default;
};

using managed_entries = std::vector<managed_entry>;

/// The entry of `owner`, or null.
managed_entry* find_entry(managed_entries& entries, const field_owner& owner);

/// The entry of `owner`, appended when absent.
managed_entry& entry_of(managed_entries& entries, const field_owner& owner);

/// Reads metadata.managedFields of an object of the stored version; empty when
/// it has none. Fields bear the names of that version, whichever wrote them.
/// Fails with `invalid_argument` on an entry no server would write.
result<managed_entries> decode_managed_fields(const document& object);

/// Whether the object says explicitly that nobody owns anything: `[]`, or
/// `[{}]`.
bool resets_managed_fields(const document& object);

/// Writes metadata.managedFields, each with the names of its own version,
/// ordered as upstream orders it (by operation,
/// time, manager, apiVersion, subresource); removes it when `entries` is empty.
/// Types without metadata stay as they are.
void encode_managed_fields(document& object, managed_entries entries);

void remove_managed_fields(document& object);

/// Whether two objects of one type are equal but for managedFields and
/// resourceVersion.
bool same_but_managed_fields(const document& a, const document& b);

} // namespace troupe::codec
