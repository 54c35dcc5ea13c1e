#pragma once

#include <string>
#include <vector>

namespace troupe::schema::gen {

/// Where a declaration or a token stands.
struct position {
  std::string file;
  int line = 0;
};

/// One mistake in a schema file.
struct diagnostic {
  position at;
  std::string text; ///< what was expected, and what was found
};

using diagnostics = std::vector<diagnostic>;

/// `file:line: text`, as compilers and editors spell it.
inline std::string to_string(const diagnostic& error) {
  return error.at.file + ':' + std::to_string(error.at.line) + ": "
         + error.text;
}

} // namespace troupe::schema::gen
