#pragma once

#include "messages/codec/print/cell.hpp"

#include <span>

namespace troupe::codec {

/// All that the schema's columns call as `fn:<name>`. A kind's functions live
/// in a file of their own and are listed in cell_functions.cpp.
std::span<const cell_function> all_cell_functions();

} // namespace troupe::codec
