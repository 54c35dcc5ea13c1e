#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

namespace troupe {

/// Standard base64 with padding (RFC 4648 section 4), on one line.
std::string base64_encode(bytes_view data);

/// The URL-safe alphabet without padding (RFC 4648 section 5), as JWTs use it.
std::string base64url_encode(bytes_view data);

/// Decodes the standard alphabet. As Go's decoder does, CR and LF are skipped;
/// any other stray character or a wrong length fails with
/// `invalid_argument` naming the offset.
result<bytes> base64_decode(std::string_view text);

/// Decodes the URL-safe alphabet without padding.
result<bytes> base64url_decode(std::string_view text);

} // namespace troupe
