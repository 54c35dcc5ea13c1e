#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

namespace troupe::gateway {

/// Compact JSON with line breaks and two blanks for each depth, as Go's
/// json.Indent lays it out. The text must be well-formed.
bytes indent_json(bytes_view compact);

/// The same value as YAML in blocks, keys sorted. Fails like `decode_json`.
result<bytes> json_to_yaml(bytes_view json);

} // namespace troupe::gateway
