#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::codec {

enum class yaml_style : std::uint8_t {
  plain,
  single_quoted,
  double_quoted,
  literal
};

/// How a text is written so that it reads as itself. A `key` stays on one line.
yaml_style style_of(std::string_view text, bool key);

/// Which key comes first: digits as numbers, what is no letter before letters.
/// Not transitive where digits meet letters.
bool natural_less(std::string_view a, std::string_view b);

/// Octets of the UTF-8 character at the beginning of `text`, which is not
/// empty.
std::size_t character_length(std::string_view text);

/// What YAML 1.1 lets stand as it is.
bool is_printable(std::string_view character);

} // namespace troupe::codec
