#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::gateway {

/// A media type or a range of them (RFC 9110, sections 8.3 and 12.5.1):
/// `application/json;as=Table;v=v1`. Words are in lower case, values of
/// parameters as they came.
struct media_type {
  std::string type;    ///< "application", or "*"
  std::string subtype; ///< "json", or "*"
  std::vector<std::pair<std::string, std::string>> parameters;
  int quality = 1000; ///< in thousandths

  std::string_view parameter(std::string_view name) const;

  /// Whether this range holds `type/subtype`.
  bool matches(std::string_view full) const;

  /// "application/json".
  std::string full() const { return type + '/' + subtype; }
};

/// Longest header that is read and most ranges in it; more is nothing.
inline constexpr std::size_t accept_length_max = 8192;
inline constexpr std::size_t accept_ranges_max = 64;

/// One media type; none when it is malformed.
std::optional<media_type> parse_media_type(std::string_view text);

/// The ranges of an Accept header, most wanted first: by quality, then the
/// more particular, then as they came. Those of quality 0 and malformed ones
/// are left out.
std::vector<media_type> parse_accept(std::string_view text);

} // namespace troupe::gateway
