#pragma once

#include "messages/api/request.hpp"

#include <optional>
#include <string_view>

namespace troupe::gateway {

/// Knows one kind of bearer token. Safe from any thread; must not block.
class token_authenticator {
public:
  virtual ~token_authenticator() = default;

  /// Whose token this is, or none when it is not one of its own.
  virtual std::optional<api::identity>
  authenticate(std::string_view token) const = 0;
};

} // namespace troupe::gateway
