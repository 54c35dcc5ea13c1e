#pragma once

#include "actors/gateway/token/service_account_tokens.hpp"

#include <string>
#include <string_view>

/// What others need to verify tokens themselves (OpenID Connect Discovery 1.0),
/// as JSON.
namespace troupe::gateway {

/// `address` is where clients reach the API: "127.0.0.1:6443".
std::string openid_configuration(const token_settings& settings,
                                 std::string_view address);

/// The public key as a JSON Web Key Set (RFC 7517).
std::string openid_keys(const signing_key& key);

} // namespace troupe::gateway
