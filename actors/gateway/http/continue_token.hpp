#pragma once

#include "messages/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::gateway {

/// Where the next part of a list begins. Clients see it as opaque text; it is
/// upstream's: base64url over `{"v":"meta.k8s.io/v1","rv":N,"start":"..."}`.
struct continue_token {
  /// The revision the whole list shows; none for a list that goes on with
  /// whatever is newest (`rv` -1).
  std::uint64_t revision = 0;
  bool latest = false;
  /// First key of the next part, relative to the prefix of the list.
  std::string start;

  friend bool operator==(const continue_token&,
                         const continue_token&) = default;
};

inline constexpr std::size_t continue_length_max = 4096;

std::string encode_continue(const continue_token& token);

/// Fails with `invalid_argument` and upstream's text.
result<continue_token> decode_continue(std::string_view text);

} // namespace troupe::gateway
