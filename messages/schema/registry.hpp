#pragma once

#include "messages/schema/descriptor.hpp"

namespace troupe::schema {

/// Every group version that is compiled in, in the order of discovery:
/// core first, then by group priority as upstream lists them, and last those
/// without resources (meta.k8s.io/v1, the shared types).
std::span<const group_version_desc* const> group_versions();

/// The resource served at `/api[s]/<group>/<version>/<plural>`, or null.
const resource_desc* find_resource(std::string_view group,
                                   std::string_view version,
                                   std::string_view plural);

/// The resource whose objects carry this kind, or null.
const resource_desc* find_kind(const group_version_kind& kind);

/// The type with this OpenAPI name, or null.
const type_desc* find_type(std::string_view name);

/// The type of a kind, resource or not (DeleteOptions, Status, ...), or null.
/// Kinds of every group version (DeleteOptions, WatchEvent) are found under any
/// group and version.
const type_desc* find_kind_type(const group_version_kind& kind);

} // namespace troupe::schema
