#pragma once

#include "messages/meta/names.hpp"

#include <string_view>

namespace troupe::codec {

using format_check = meta::complaints (*)(std::string_view value);

/// The check behind a name in `constraint_desc::format`, or null when there is
/// no such format.
format_check find_format(std::string_view name);

} // namespace troupe::codec
