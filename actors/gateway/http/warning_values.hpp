#pragma once

#include <string>
#include <vector>

namespace troupe::gateway {

/// Values of Warning headers (RFC 7234 section 5.5): `299 - "text"`, each text
/// once. Past 4096 characters in all every text is cut to 256, and when that is
/// too much the rest is left out; so are texts with control characters.
std::vector<std::string> warning_values(const std::vector<std::string>& texts);

} // namespace troupe::gateway
