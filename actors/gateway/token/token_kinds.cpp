#include "actors/gateway/token/token_kinds.hpp"

#include "actors/gateway/token/token_request.hpp"
#include "actors/gateway/token/token_review.hpp"
#include "messages/base/check.hpp"

namespace troupe::gateway {

namespace {

bool is_token_request(const object_call& call) {
  const auto& kind = call.resource->kind;
  return kind.group.empty() && kind.kind == "ServiceAccount"
         && call.subresource == "token";
}

bool is_review(const object_call& call, std::string_view name) {
  const auto& kind = call.resource->kind;
  return kind.group == "authentication.k8s.io" && kind.kind == name;
}

} // namespace

token_kinds::token_kinds(std::shared_ptr<const service_account_tokens> tokens)
    : tokens_{std::move(tokens)} {
  TROUPE_CHECK(tokens_ != nullptr, "tokens are made and judged by somebody");
}

bool token_kinds::has(const object_call& call) const {
  return is_token_request(call) || is_review(call, "TokenReview")
         || is_review(call, "SelfSubjectReview");
}

object_answer token_kinds::answer(const object_call& call,
                                  const codec::document& body,
                                  const store::store_snapshot& state,
                                  const stamps& given) const {
  if (is_token_request(call))
    return answer_token_request(*tokens_, call, body, state, given);
  if (is_review(call, "TokenReview"))
    return answer_token_review(*tokens_, call, body, state, given);
  return answer_self_review(call, body, given);
}

} // namespace troupe::gateway
