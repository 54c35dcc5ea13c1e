#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// Octets. `std::string` holds them because every codec below speaks it; text
/// that must be valid UTF-8 says so where it is declared.
using bytes = std::string;
using bytes_view = std::string_view;

/// Immutable octets held once and shared by every reader in the process.
using shared_bytes = std::shared_ptr<const bytes>;

inline shared_bytes make_shared_bytes(bytes value) {
  return std::make_shared<const bytes>(std::move(value));
}

} // namespace troupe
