#pragma once

#include "messages/api/request.hpp"
#include "messages/base/result.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::gateway {

/// Whose token it is, and which of the audiences asked for it is meant for.
struct token_holder {
  api::identity user;
  std::vector<std::string> audiences;
};

/// Knows one kind of bearer token. Safe from any thread; must not block.
class token_authenticator {
public:
  virtual ~token_authenticator() = default;

  /// None when it is no token of its own; an error in upstream's words when it
  /// is one that is worth nothing: `not_found` when it was well made, and what
  /// it stands for is not in this server's state, which may be behind.
  /// `audiences`: one of these must be meant;
  /// empty: the API server's.
  virtual std::optional<result<token_holder>>
  authenticate(std::string_view token,
               std::span<const std::string> audiences) const = 0;
};

} // namespace troupe::gateway
