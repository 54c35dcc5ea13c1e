#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace troupe::test {

/// Content of a file under tests/data/codec; fails the test without it.
std::string read_data(const std::string& name);

/// Whether `actual` equals the golden file. With TROUPE_REWRITE_GOLDENS set in
/// the environment the file is written instead, for a person to review.
bool matches_golden(const std::string& name, std::string_view actual);

/// JSON text in the layout of the golden files.
inline std::string indented(std::string_view json) {
  return nlohmann::ordered_json::parse(json).dump(1) + "\n";
}

} // namespace troupe::test
