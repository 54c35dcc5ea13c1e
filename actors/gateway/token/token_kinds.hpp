#pragma once

#include "actors/gateway/object/unstored.hpp"
#include "actors/gateway/token/service_account_tokens.hpp"

#include <memory>

namespace troupe::gateway {

/// TokenRequest, below a service account, and TokenReview.
class token_kinds final : public unstored_kinds {
public:
  explicit token_kinds(std::shared_ptr<const service_account_tokens> tokens);

  bool has(const object_call& call) const override;

  object_answer answer(const object_call& call, const codec::document& body,
                       const store::store_snapshot& state,
                       const stamps& given) const override;

private:
  std::shared_ptr<const service_account_tokens> tokens_;
};

} // namespace troupe::gateway
