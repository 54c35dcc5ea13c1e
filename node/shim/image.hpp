#pragma once

#include <string_view>

namespace troupe::shim {

/// The shim's executable, which runs from a memory file.
std::string_view image();

} // namespace troupe::shim
