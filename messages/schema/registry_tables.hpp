#pragma once

#include "messages/schema/descriptor.hpp"

namespace troupe::schema {

/// A kind, its type and, if it has one, its resource.
struct kind_row {
  group_version_kind kind;
  const type_desc* type = nullptr;
  const resource_desc* resource = nullptr;
};

/// The generated rows behind registry.hpp, sorted for binary search.
struct registry_tables {
  std::span<const group_version_desc* const> versions; ///< discovery order
  std::span<const resource_desc* const> resources; ///< group, version, plural
  std::span<const type_desc* const> types;         ///< name
  std::span<const kind_row> kinds;                 ///< kind, group, version
};

extern const registry_tables registry;

} // namespace troupe::schema
