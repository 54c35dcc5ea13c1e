#pragma once

#include <string_view>

namespace troupe::codec {

/// How upstream's own form of an object (pkg/apis/core), which it shows in
/// errors, lays out one type of the schema: the names of the fields in their
/// order. A field is that of the schema of the same name but for upper case,
/// or of the name behind '='.
struct internal_type {
  std::string_view name; ///< last part of the schema's name: "Taint"
  std::string_view fields;
};

/// Null for types that upstream shows as JSON shows them.
const internal_type* find_internal_type(std::string_view name);

} // namespace troupe::codec
