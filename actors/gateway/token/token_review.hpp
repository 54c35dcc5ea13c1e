#pragma once

#include "actors/gateway/object/object_call.hpp"
#include "actors/gateway/object/write_loop.hpp"
#include "actors/gateway/token/service_account_tokens.hpp"

namespace troupe::gateway {

/// What the token in `body`, a TokenReview, is worth: 201 with the user or the
/// error in its status. 400 without a token.
object_answer answer_token_review(const service_account_tokens& tokens,
                                  const object_call& call,
                                  const codec::document& body,
                                  const store::store_snapshot& state,
                                  const stamps& given);

/// Who asks: 201 with the call's user in the status of a SelfSubjectReview.
object_answer answer_self_review(const object_call& call,
                                 const codec::document& body,
                                 const stamps& given);

} // namespace troupe::gateway
