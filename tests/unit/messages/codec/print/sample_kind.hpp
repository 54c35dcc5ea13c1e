#pragma once

#include "messages/schema/descriptor.hpp"

namespace troupe::test {

/// A kind with a field of every shape that a cell can name; its columns are
/// the caller's.
schema::resource_desc
sample_resource(std::span<const schema::column_desc> columns);

/// Ids of its fields.
namespace sample_id {

inline constexpr schema::field_id metadata = 1;
inline constexpr schema::field_id replicas = 2;
inline constexpr schema::field_id paused = 3;
inline constexpr schema::field_id node_selector = 4;
inline constexpr schema::field_id selector = 5;
inline constexpr schema::field_id names = 6;
inline constexpr schema::field_id raw = 7;

} // namespace sample_id

} // namespace troupe::test
