#pragma once

#include <string>
#include <string_view>

namespace troupe::codec {

/// How two texts differ, line by line: hunks of the unified format with three
/// lines of context, without file names; "" if they are equal. Lines are
/// matched as Python's difflib does it, so that upstream, whose library follows
/// that one, shows the same hunks.
std::string unified_diff(std::string_view before, std::string_view after);

} // namespace troupe::codec
