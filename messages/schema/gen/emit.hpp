#pragma once

#include "messages/schema/gen/model.hpp"

#include <string>

/// The generated C++ as text. The model must be linked.
namespace troupe::schema::gen {

/// `<id>.cpp`: constant tables of the types and resources of one group version.
std::string emit_tables(const group_version& what);

/// `registry_tables.cpp`: the sorted rows behind registry.hpp.
std::string emit_registry(const model& what);

/// `ids/<id>.hpp`: constants for the ids of all fields.
std::string emit_ids(const group_version& what);

/// `view/<id>.hpp`: a read-only face per type; see messages/view.
std::string emit_views(const group_version& what);

} // namespace troupe::schema::gen
