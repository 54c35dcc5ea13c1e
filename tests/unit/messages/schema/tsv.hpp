#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::schema::test {

/// The lines of tests/data/api/<name> after the heading.
inline std::vector<std::string> tsv_lines(const std::string& name) {
  std::ifstream in{std::string{TROUPE_TEST_DATA} + "/api/" + name};
  std::vector<std::string> result;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line))
    result.push_back(line);
  return result;
}

/// The cells of a line; empty ones count.
inline std::vector<std::string> tsv_cells(std::string_view line) {
  std::vector<std::string> result{{}};
  for (auto c : line) {
    if (c == '\t')
      result.emplace_back();
    else
      result.back() += c;
  }
  return result;
}

/// Whether the two lists of lines hold the same; the difference as text, each
/// line with `-` (missing in `have`) or `+` (too much in `have`).
inline std::string difference(const std::vector<std::string>& want,
                              const std::vector<std::string>& have) {
  std::string result;
  auto contains = [](auto& all, auto& line) {
    for (auto& each : all)
      if (each == line)
        return true;
    return false;
  };
  for (auto& line : want)
    if (!contains(have, line))
      result += "- " + line + '\n';
  for (auto& line : have)
    if (!contains(want, line))
      result += "+ " + line + '\n';
  return result;
}

} // namespace troupe::schema::test
