#pragma once

#include <string>
#include <string_view>

namespace troupe::meta {

/// The text in double quotes with Go's escapes, as strconv.Quote and the verb
/// %q write it: control characters, invisible characters and octets that are
/// no UTF-8 are escaped, everything else stays. Texts of upstream's errors
/// embed values in this form.
std::string go_quote(std::string_view text);

} // namespace troupe::meta
