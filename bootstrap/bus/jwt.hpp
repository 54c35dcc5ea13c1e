#pragma once

#include "messages/base/time_point.hpp"
#include "runtime/nats/nkey.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The JWTs by which a NATS server knows operators, accounts and users
/// (algorithm "ed25519-nkey", claims of version 2).
namespace troupe::bus {

/// An operator, signed by itself.
std::string operator_jwt(const nkey& key, std::string_view name, wall_time now);

/// An account without limits, signed by its operator.
std::string account_jwt(const nkey& signer, const std::string& account_key,
                        std::string_view name, wall_time now);

/// What a user may do: subjects with NATS' wildcards, nothing else.
struct user_permissions {
  std::vector<std::string> publish;
  std::vector<std::string> subscribe;
};

/// A user, signed by its account.
std::string user_jwt(const nkey& signer, const std::string& user_key,
                     std::string_view name, const user_permissions& may,
                     wall_time now);

} // namespace troupe::bus
