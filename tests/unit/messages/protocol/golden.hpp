#pragma once

#include "messages/base/bytes.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace troupe::test {

/// Octets as lines of hexadecimal, 32 octets each: diffs of goldens are read.
inline std::string to_hex(bytes_view data) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < data.size(); ++i) {
    auto octet = static_cast<unsigned char>(data[i]);
    text += digits[octet >> 4];
    text += digits[octet & 15];
    if (i % 32 == 31 || i + 1 == data.size())
      text += '\n';
  }
  return text;
}

inline bytes from_hex(const std::string& text) {
  bytes data;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    for (std::size_t i = 0; i + 1 < line.size(); i += 2)
      data += static_cast<char>(std::stoi(line.substr(i, 2), nullptr, 16));
  return data;
}

/// The golden octets at `path` below tests/data/compat. A new golden is written
/// from `made` when TROUPE_REWRITE is set; an existing one never changes.
inline bytes golden(const std::string& path, bytes_view made) {
  auto full = std::string{TROUPE_TEST_DATA "/compat/"} + path;
  std::ifstream in{full};
  if (!in && std::getenv("TROUPE_REWRITE") != nullptr) {
    std::ofstream{full} << to_hex(made);
    in = std::ifstream{full};
  }
  if (!in)
    throw std::runtime_error{"no golden " + full};
  std::ostringstream text;
  text << in.rdbuf();
  return from_hex(text.str());
}

} // namespace troupe::test
