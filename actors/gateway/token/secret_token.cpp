#include "actors/gateway/token/secret_token.hpp"

#include "actors/gateway/access/user.hpp"

namespace troupe::gateway {

std::string secret_token(const service_account_tokens& tokens, std::string ns,
                         token_reference account, token_reference secret) {
  token_claims claims;
  claims.issuer = tokens.settings().issuer;
  claims.audiences = tokens.settings().audiences;
  claims.subject = service_account_user(ns, account.name);
  claims.ns = std::move(ns);
  claims.account = std::move(account);
  claims.secret = std::move(secret);
  return compose_token(claims, tokens.key());
}

} // namespace troupe::gateway
