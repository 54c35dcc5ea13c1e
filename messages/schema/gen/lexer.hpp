#pragma once

#include "messages/schema/gen/diagnostic.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::schema::gen {

enum class token_kind {
  word,   ///< letters, digits and any of `_ - . / * $`
  string, ///< "..." on one line; a backslash escapes the next character
  mark,   ///< one of `{ } [ ] < > =`
  end,
};

struct token {
  token_kind kind = token_kind::end;
  std::string text; ///< a string's content without quotes
  int line = 0;
};

/// Splits a schema file into tokens. The last token is always `end`. White
/// space separates tokens and means nothing else; `#` starts a comment. Appends
/// to `errors` and stops at the first octet that starts no token.
std::vector<token> tokenize(const std::string& file, std::string_view text,
                            diagnostics& errors);

/// The token as an error message names it.
std::string describe(const token& what);

} // namespace troupe::schema::gen
