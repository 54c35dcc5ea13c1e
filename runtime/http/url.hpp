#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::http {

/// A request target split and decoded.
struct target {
  std::string path;     ///< percent-decoded
  std::string raw_path; ///< as sent
  std::vector<std::pair<std::string, std::string>> query;
};

/// Decodes %XX, and '+' as a blank when `plus_is_blank` (query strings only).
/// Nothing when an escape is malformed.
std::optional<std::string> percent_decode(std::string_view text,
                                          bool plus_is_blank);

/// Splits an origin-form target ("/a/b?c=d&e"). Nothing when it does not start
/// with '/', an escape is malformed or it holds a NUL.
std::optional<target> parse_target(std::string_view text);

} // namespace troupe::http
