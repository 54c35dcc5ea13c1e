#pragma once

#include <string>
#include <string_view>

namespace troupe::codec {

/// The JSON text with U+FFFD in place of octets that are no UTF-8 and of
/// escaped surrogates without their partner, as Go's decoder reads them, and
/// with an exponent on whole numbers past 64 bits, so that they are reals.
std::string repair_json_text(std::string_view text);

} // namespace troupe::codec
