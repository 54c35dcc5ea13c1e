#pragma once

#include <string_view>

namespace troupe::sim {

/// Whether the nemesis knows a fault of this name; see nemesis/faults.hpp.
bool is_fault_kind(std::string_view name);

} // namespace troupe::sim
