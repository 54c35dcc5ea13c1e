#pragma once

#include "messages/codec/openapi/model.hpp"

namespace troupe::codec::openapi {

/// Query parameters by purpose, each list ascending by name. What is listed
/// is what the request pipeline understands (Kubernetes API reference, "Query
/// Parameters" of each operation).
std::span<const parameter_desc* const> list_parameters();
std::span<const parameter_desc* const> read_parameters();
std::span<const parameter_desc* const> write_parameters();
std::span<const parameter_desc* const> patch_parameters();
std::span<const parameter_desc* const> delete_parameters();
std::span<const parameter_desc* const> delete_collection_parameters();

/// The fields of `type` that a query can carry, in the order of their ids: all
/// but times, as upstream has it.
std::vector<std::shared_ptr<const parameter_desc>>
parameters_of(const schema::type_desc& type);

/// `{name}` and `{namespace}`.
const parameter_desc& name_parameter();
const parameter_desc& namespace_parameter();

} // namespace troupe::codec::openapi
