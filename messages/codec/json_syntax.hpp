#pragma once

#include "messages/base/bytes.hpp"

#include <optional>
#include <string>

namespace troupe::codec {

/// What Go's encoding/json finds wrong with the syntax of `text`, in its words
/// and without an offset: `invalid character 'x' looking for beginning of
/// value`, `unexpected end of JSON input`, `exceeded max depth`. None when the
/// text is one JSON value. Octets that are no UTF-8 are fine inside strings.
/// Made for texts that a faster parser refused: it allocates one bit per open
/// container and otherwise only the answer.
std::optional<std::string> json_syntax_fault(bytes_view text);

/// Containers inside each other, as in Go's decoder.
inline constexpr std::size_t json_syntax_depth_max = 10'000;

} // namespace troupe::codec
