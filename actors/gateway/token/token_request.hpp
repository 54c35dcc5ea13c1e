#pragma once

#include "actors/gateway/object/object_call.hpp"
#include "actors/gateway/object/write_loop.hpp"
#include "actors/gateway/token/service_account_tokens.hpp"

namespace troupe::gateway {

/// What a token gets whose lifetime nobody chose, as pods' do, and what it is
/// good for in truth: its use after the former is worth a word, no more.
inline constexpr std::int64_t unchosen_seconds = 3607;
inline constexpr std::int64_t extended_seconds = 24 * 365 * 60 * 60;

/// A token for the service account the call names, bound to the object that
/// `body`, a TokenRequest, refers to: 201 with the token in its status. 404
/// when account or object are not there, 422 for a lifetime out of bounds, 400
/// or 409 for an object of the wrong kind, account or uid.
object_answer answer_token_request(const service_account_tokens& tokens,
                                   const object_call& call,
                                   const codec::document& body,
                                   const store::store_snapshot& state,
                                   const stamps& given);

} // namespace troupe::gateway
