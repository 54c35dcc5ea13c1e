#pragma once

#include "messages/schema/gen/diagnostic.hpp"
#include "messages/schema/gen/model.hpp"

/// What must hold of linked declarations. Each appends its findings to
/// `errors`.
namespace troupe::schema::gen {

/// Unique names, ids and C++ names; attributes that fit each field's type.
void check_type(const type& what, diagnostics& errors);

/// Kind, verbs, unique parts, and paths that lead to fields.
void check_resource(const group_version& version, const resource& what,
                    diagnostics& errors);

/// Unique OpenAPI names and kinds; unique resources of each group version.
void check_model(const model& what, diagnostics& errors);

} // namespace troupe::schema::gen
