#pragma once

#include "messages/protocol/store.hpp"
#include "messages/protocol/wire_reader.hpp"
#include "messages/protocol/wire_writer.hpp"

/// Index columns inside commands and store images.
namespace troupe::store {

/// Writes `value` as one map.
void write_columns(wire::writer& out, const columns& value);

/// Reads what `write_columns` wrote; failures stay in `in`.
columns read_columns(wire::reader& in);

/// Whether no part of `value` is past the limits of store_codec.hpp.
bool within_limits(const columns& value);

} // namespace troupe::store
