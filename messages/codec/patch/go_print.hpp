#pragma once

#include "messages/codec/document.hpp"

#include <string>

namespace troupe::codec {

/// An untyped value as Go's %v prints it: `map[a:1 b:[x y]]`, `<nil>`. Errors
/// of strategic merge patches quote values this way.
std::string go_print(const node& value);

} // namespace troupe::codec
