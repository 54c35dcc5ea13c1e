#pragma once

#include <cstddef>
#include <string_view>

namespace troupe {

/// Whether `text` is well-formed UTF-8 (no surrogates, no overlong forms, at
/// most U+10FFFF).
bool is_utf8(std::string_view text);

} // namespace troupe
