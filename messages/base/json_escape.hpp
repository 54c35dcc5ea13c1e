#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// Appends `text` as a JSON string with its quotes, escaped as Go's
/// encoding/json does: short escapes, \u00XX for other control characters and
/// for < > &, \u2028 and \u2029, and \ufffd for octets that are no UTF-8.
void append_json_string(std::string& out, std::string_view text);

/// The same as a value.
std::string json_string(std::string_view text);

} // namespace troupe
