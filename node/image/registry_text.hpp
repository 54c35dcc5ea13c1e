#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The small texts of the distribution protocol (OCI distribution-spec 1.1;
/// distribution's token authentication). Pure.
namespace troupe::image {

/// One challenge of `WWW-Authenticate` (RFC 9110 section 11.6.1).
struct challenge {
  std::string scheme;                        ///< lower case
  std::map<std::string, std::string> params; ///< names in lower case

  friend bool operator==(const challenge&, const challenge&) = default;
};

inline constexpr std::size_t challenge_size_max = 16 * 1024;

/// The challenges of one header value, in order; what cannot be read ends the
/// list. A longer value than `challenge_size_max` has none.
std::vector<challenge> parse_challenges(std::string_view value);

/// What an error answer says: `manifest unknown`, or `denied: requested access
/// to the resource is denied`; the code alone when the message repeats it,
/// several joined by ", ". Empty when the body is no such document.
std::string registry_error_text(bytes_view body);

/// The token of a token server's answer ("token" or "access_token").
result<std::string> parse_token(bytes_view body);

/// First octet and total of `bytes 100-199/1000`; the total may be unknown.
struct content_range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::optional<std::uint64_t> total;

  friend bool operator==(const content_range&, const content_range&) = default;
};

std::optional<content_range> parse_content_range(std::string_view value);

/// A base URL taken apart: `http://10.99.0.2:5000/mirror`.
struct base_url {
  bool secure = true;
  std::string host; ///< with port
  std::string path; ///< "" or "/…" without a slash at the end

  std::string text() const;

  friend bool operator==(const base_url&, const base_url&) = default;
};

/// Fails with `invalid_argument` unless it is http or https with a host and
/// without user, query and fragment.
result<base_url> parse_base_url(std::string_view text);

/// Where a registry itself is: https, but http for this machine's loopback;
/// docker.io is registry-1.docker.io.
base_url registry_url(std::string_view domain);

} // namespace troupe::image
