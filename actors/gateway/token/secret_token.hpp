#pragma once

#include "actors/gateway/token/service_account_tokens.hpp"

#include <string>

namespace troupe::gateway {

/// A token that is kept in a Secret: it ends with its account or the Secret,
/// never by time. Upstream's have an issuer and claims of their own
/// ("kubernetes/serviceaccount"); ours are bound tokens like all others.
std::string secret_token(const service_account_tokens& tokens, std::string ns,
                         token_reference account, token_reference secret);

} // namespace troupe::gateway
